import { ConfigurableModuleBuilder, Inject, Logger, Module, type OnModuleDestroy } from '@nestjs/common';
import type { BreakerSettings, BreakerTransition } from '../core/breaker.js';
import { BreakerRegistry } from '../core/breaker-registry.js';
import { BreakerHealthIndicator } from './breaker.health-indicator.js';
import { BreakerInterceptor } from './breaker.interceptor.js';

export interface ResilienceModuleOptions {
  /** Breakers by the names that `@UseBreaker()` gives them; `{}` is one with the defaults of BreakerRegistry. */
  readonly breakers: Readonly<Record<string, Partial<BreakerSettings>>>;
  /** Told of every change of a state. Default: a line in Nest's log. */
  readonly onTransition?: (transition: BreakerTransition) => void;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<ResilienceModuleOptions>()
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
  .build();

/** Gives breakers to an application: to inject, before handlers, and in its health checks. */
@Module({
  providers: [
    {
      provide: BreakerRegistry,
      useFactory: ({ breakers, onTransition }: ResilienceModuleOptions) =>
        new BreakerRegistry(breakers, onTransition ?? logTransition),
      inject: [MODULE_OPTIONS_TOKEN],
    },
    BreakerInterceptor,
    BreakerHealthIndicator,
  ],
  exports: [BreakerRegistry, BreakerInterceptor, BreakerHealthIndicator],
})
export class ResilienceModule extends ConfigurableModuleClass implements OnModuleDestroy {
  constructor(@Inject(BreakerRegistry) private readonly breakers: BreakerRegistry) {
    super();
  }

  onModuleDestroy(): void {
    this.breakers.stop();
  }
}

const logger = new Logger('Resilience');

function logTransition({ name, from, to }: BreakerTransition): void {
  logger.warn(`breaker ${name} is ${to}, was ${from}`);
}
