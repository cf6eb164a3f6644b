import { Inject, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { keysFetched } from '../admission/events.js';
import { Events } from '../pipeline/contract/events.js';

/** Tells the operator when keys of an issuer cannot be fetched, and when they can again: one line each. */
@Module({})
export class KeyLogModule implements OnModuleInit {
  private readonly logger = new Logger('AuthProviders');
  private readonly failing = new Set<string>();

  constructor(@Inject(Events) private readonly events: Events) {}

  onModuleInit(): void {
    this.events.on(keysFetched, ({ provider, error }) => {
      if ((error !== null) === this.failing.has(provider)) return;
      if (error !== null) {
        this.failing.add(provider);
        this.logger.warn(`the keys of provider ${provider} cannot be fetched: ${error.message || error.name}`);
      } else {
        this.failing.delete(provider);
        this.logger.warn(`the keys of provider ${provider} are there again`);
      }
    });
  }
}
