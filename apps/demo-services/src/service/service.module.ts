import {
  Module,
  RequestMethod,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
  type Type,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FaultsHook } from '../faults/faults.hook.js';
import { EchoMiddleware } from './echo.middleware.js';
import { HealthController } from './health.controller.js';
import { ProblemFilter } from './problem.filter.js';

/** What the four services have in common: health, echo, and failures told as problems. */
@Module({
  controllers: [HealthController],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
export class ServiceModule implements NestModule {
  /** The root of a service. `faults` is offered to the whole of it, for what does not pass through the router. */
  static around(service: Type | DynamicModule, faults: FaultsHook): DynamicModule {
    return {
      module: ServiceModule,
      global: true,
      imports: [service],
      providers: [{ provide: FaultsHook, useValue: faults }],
      exports: [FaultsHook],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(EchoMiddleware).forRoutes({ path: 'api/v1/:service/echo', method: RequestMethod.ALL });
  }
}
