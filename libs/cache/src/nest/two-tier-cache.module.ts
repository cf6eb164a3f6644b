import { CacheModule, type CacheModuleAsyncOptions } from '@nestjs/cache-manager';
import { Module, type DynamicModule, type InjectionToken, type ModuleMetadata } from '@nestjs/common';
import { twoTierStores, type TwoTierOptions } from '../core/two-tier.stores.js';
import { HttpCacheInterceptor } from './http-cache.interceptor.js';

export interface TwoTierAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: InjectionToken[];
  // What is injected has the types of its tokens, which nobody can name here.
  readonly useFactory: (...injected: never[]) => TwoTierOptions | Promise<TwoTierOptions>;
}

/**
 * `@nestjs/cache-manager` with two tiers: inject `CACHE_MANAGER` or `Cache` as ever, or put HttpCacheInterceptor before
 * a controller. The connection to Redis stays with whoever made it.
 */
@Module({})
export class TwoTierCacheModule {
  static forRoot(options: TwoTierOptions): DynamicModule {
    return TwoTierCacheModule.forRootAsync({ useFactory: () => options });
  }

  static forRootAsync({ imports, inject = [], useFactory }: TwoTierAsyncOptions): DynamicModule {
    const cache = CacheModule.registerAsync({
      imports,
      inject,
      useFactory: async (...injected: never[]) => {
        const options = await useFactory(...injected);
        return { stores: twoTierStores(options), ttl: options.ttlMs };
      },
    } as CacheModuleAsyncOptions);
    return {
      module: TwoTierCacheModule,
      imports: [cache],
      providers: [HttpCacheInterceptor],
      exports: [cache, HttpCacheInterceptor],
    };
  }
}
