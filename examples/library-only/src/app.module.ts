import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ThrottlerGuard } from '@nestjs/throttler';
import { AuthModule } from '@app/auth';
import { TwoTierCacheModule } from '@app/cache';
import { RateLimitModule } from '@app/rate-limit';
import { REDIS, RedisModule, type RedisConnection } from '@app/redis';
import { ResilienceModule } from '@app/resilience';
import { customerVerifier } from './customer.js';
import { HealthController } from './health.controller.js';
import { OrdersController } from './orders.controller.js';
import { ProductsController } from './products.controller.js';
import type { Settings } from './settings.js';
import { Warehouse } from './warehouse.service.js';

@Module({})
export class AppModule {
  static with({ warehouseUrl, tokenSecret, redisUrl }: Settings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        // Without an address REDIS is null, and the two below keep to the memory of this process.
        RedisModule.forRoot({ settings: redisUrl === null ? null : { url: redisUrl, keyPrefix: 'shop:' } }),
        RateLimitModule.forRootAsync({
          inject: [REDIS],
          useFactory: (redis: RedisConnection | null) => ({ throttlers: [{ ttl: 10_000, limit: 20 }], redis }),
        }),
        TwoTierCacheModule.forRootAsync({
          inject: [REDIS],
          useFactory: (redis: RedisConnection | null) => ({ redis, bytesMax: 8_388_608, ttlMs: 60_000 }),
        }),
        ResilienceModule.forRoot({ breakers: { warehouse: { volumeThreshold: 4, resetMs: 10_000 } } }),
        AuthModule.forRoot({ verifier: customerVerifier(tokenSecret), realm: 'shop' }),
        TerminusModule,
      ],
      controllers: [ProductsController, OrdersController, HealthController],
      providers: [
        { provide: Warehouse, useFactory: () => new Warehouse(warehouseUrl) },
        // Before every handler, and before TokenGuard: guessing tokens is limited too.
        { provide: APP_GUARD, useClass: ThrottlerGuard },
      ],
    };
  }
}
