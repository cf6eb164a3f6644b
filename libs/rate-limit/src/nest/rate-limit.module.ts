import { Module, type DynamicModule, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import { ThrottlerModule, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { LimiterThrottlerStorage, type RateLimitStorageOptions } from './limiter.throttler-storage.js';
import { RATE_LIMIT_OPTIONS } from './rate-limit.constants.js';

export interface RateLimitModuleOptions extends RateLimitStorageOptions {
  /** As ThrottlerModule.forRoot() takes them: `[{ name: 'default', ttl: 1000, limit: 10 }]`. */
  readonly throttlers: Extract<ThrottlerModuleOptions, readonly unknown[]>;
}

export interface RateLimitModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: (...injected: never[]) => RateLimitModuleOptions | Promise<RateLimitModuleOptions>;
}

/**
 * `@nestjs/throttler` over the limits of this library. Its guard, `ThrottlerGuard`, and its decorators work as they do
 * with its own storage.
 */
@Module({})
export class RateLimitModule {
  static forRoot(options: RateLimitModuleOptions): DynamicModule {
    return RateLimitModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports = [], inject = [], useFactory }: RateLimitModuleAsyncOptions): DynamicModule {
    const storage: DynamicModule = {
      module: RateLimitModule,
      imports,
      providers: [{ provide: RATE_LIMIT_OPTIONS, inject, useFactory }, LimiterThrottlerStorage],
      exports: [RATE_LIMIT_OPTIONS, LimiterThrottlerStorage],
    };
    const throttler = ThrottlerModule.forRootAsync({
      imports: [storage],
      inject: [RATE_LIMIT_OPTIONS, LimiterThrottlerStorage],
      useFactory: ({ throttlers }: RateLimitModuleOptions, store: LimiterThrottlerStorage) => ({
        throttlers,
        storage: store,
      }),
    });
    return { module: RateLimitFaceModule, imports: [storage, throttler], exports: [storage, throttler] };
  }
}

/** Holds the two together. */
@Module({})
class RateLimitFaceModule {}
