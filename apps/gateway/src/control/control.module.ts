import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { CacheController } from './cache.controller.js';
import { HealthController } from './health.controller.js';
import { ProblemFilter } from './problem.filter.js';
import { ReadyController } from './ready.controller.js';
import { UpstreamHealthIndicator } from './upstream.health-indicator.js';

/** The control plane: ordinary Nest controllers. */
@Module({})
export class ControlModule {
  static register(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
    return {
      module: ControlModule,
      imports: [TerminusModule.forRoot({ logger: false, errorLogStyle: 'json' }), ...imports],
      controllers: [CacheController, HealthController, ReadyController],
      providers: [UpstreamHealthIndicator, { provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
