import { Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Events } from '../pipeline/contract/events.js';
import { breakerChanged } from '../resilience/events.js';
import { panicChanged, targetEjected, targetReturned } from '../upstream/events.js';

/** A line for each change of what traffic an upstream gets. */
@Module({})
export class ResilienceLogModule implements OnModuleInit {
  private readonly logger = new Logger('Resilience');

  constructor(@Inject(Events) private readonly events: Events) {}

  onModuleInit(): void {
    const { events, logger } = this;
    events.on(breakerChanged, ({ name, from, to, forced }) => {
      logger.warn(`breaker of upstream ${name} is ${to}, was ${from}${forced ? ', by order' : ''}`);
    });
    events.on(targetEjected, ({ upstream, target, ejectedForMs, times }) => {
      const again = times === 1 ? '' : `, for the ${times}. time in a row`;
      logger.warn(`target ${target} of upstream ${upstream} fails and gets no traffic for ${ejectedForMs} ms${again}`);
    });
    events.on(targetReturned, ({ upstream, target }) => {
      logger.warn(`target ${target} of upstream ${upstream} gets traffic again`);
    });
    events.on(panicChanged, ({ upstream, panic }) => {
      logger.warn(
        panic
          ? `upstream ${upstream} has too few targets left: all get traffic`
          : `upstream ${upstream} has targets enough again`,
      );
    });
  }
}
