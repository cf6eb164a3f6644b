import { Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { Events } from '../pipeline/contract/events.js';
import { requestFailed } from '../pipeline/request-events.js';

/** Tells the operator why a request ended with 500. The client gets its id only, and the log has it too. */
@Module({})
export class FailureLogModule implements OnModuleInit {
  private readonly logger = new Logger('DataPlane');

  constructor(@Inject(Events) private readonly events: Events) {}

  onModuleInit(): void {
    this.events.on(requestFailed, ({ context, error }) => {
      const message = `request ${context.head.id} on route ${context.route.id} failed: ${String(error)}`;
      this.logger.error(message, error instanceof Error ? error.stack : undefined);
    });
  }
}
