import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { BreakersController } from './admin/breakers.controller.js';
import { ConfigController } from './admin/config.controller.js';
import { ExplainController } from './admin/explain.controller.js';
import { LimitsController } from './admin/limits.controller.js';
import { LogLevelController } from './admin/log-level.controller.js';
import { ProblemsController } from './admin/problems.controller.js';
import { RecentProblems } from './admin/recent-problems.js';
import { RefusedMost } from './admin/refused-most.js';
import { RoutesController } from './admin/routes.controller.js';
import { UpstreamsController } from './admin/upstreams.controller.js';
import { CacheController } from './admin/cache.controller.js';
import { ConsoleController } from './console/console.controller.js';
import { ConsoleFeed } from './console/console-feed.js';
import { ConsoleStream } from './console/console-stream.js';
import { WorkerLoads } from './console/worker-loads.js';
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
      controllers: [
        HealthController,
        ReadyController,
        BreakersController,
        CacheController,
        ConfigController,
        ConsoleController,
        ExplainController,
        LimitsController,
        LogLevelController,
        ProblemsController,
        RoutesController,
        UpstreamsController,
      ],
      providers: [
        WorkerLoads,
        ConsoleFeed,
        ConsoleStream,
        RecentProblems,
        RefusedMost,
        UpstreamHealthIndicator,
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
