import { Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import { RedisModule } from '@app/redis';
import { ConfigModule, type LoadedConfig } from './config/index.js';
import { ControlModule } from './control/control.module.js';
import type { Stage } from './pipeline/contract/stage.js';
import { PipelineModule } from './pipeline/pipeline.module.js';
import { ProfilingModule } from './telemetry/profiling.module.js';
import { AccessLogModule } from './telemetry/access-log/access-log.module.js';
import { FailureLogModule } from './telemetry/failure-log.module.js';
import { ResilienceLogModule } from './telemetry/resilience-log.module.js';
import { KeyLogModule } from './telemetry/key-log.module.js';
import { LogsModule } from './telemetry/logs/logs.module.js';
import type { Logs } from './telemetry/logs/logs.js';
import { MetricsModule } from './telemetry/metrics.module.js';
import { onlyWorker } from './workers/only-worker.js';
import type { WorkerSeat } from './workers/worker-seat.js';
import { WorkersModule } from './workers/workers.module.js';

export interface GatewayModuleOptions {
  readonly loaded: LoadedConfig;
  /** Classes of custom stages: ordinary providers, see docs/custom-stages.md. */
  readonly stages?: readonly Type<Stage>[];
  /** Modules that custom stages inject from, and modules with controllers of your own. */
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  /** The log, when it is open already. Default: one on standard output. */
  readonly logs?: Logs;
  /** What it shares with other workers. Default: there are none. */
  readonly seat?: WorkerSeat | undefined;
}

/** OpenTelemetry is large: who does not trace does not load it. */
async function tracing(config: DynamicModule): Promise<DynamicModule> {
  const { TracingModule } = await import('./telemetry/tracing/tracing.module.js');
  return TracingModule.register(config);
}

/** The whole gateway: configuration, data plane and control plane. */
@Module({})
export class GatewayModule {
  static register({
    loaded,
    stages = [],
    imports = [],
    logs,
    seat = onlyWorker(),
  }: GatewayModuleOptions): DynamicModule {
    const { telemetry, redis } = loaded.config;
    const config = ConfigModule.forRoot(loaded);
    const pipeline = PipelineModule.register(config, stages, imports, seat.processName);
    return {
      module: GatewayModule,
      imports: [
        config,
        WorkersModule.register(seat),
        RedisModule.forRoot({ settings: redis.url === null ? null : { ...redis, url: redis.url } }),
        pipeline,
        LogsModule.register(telemetry.logs, logs),
        AccessLogModule.register(pipeline),
        FailureLogModule,
        ResilienceLogModule,
        KeyLogModule,
        ...(telemetry.tracing.enabled ? [tracing(config)] : []),
        ...(telemetry.metrics ? [MetricsModule.register(pipeline)] : []),
        ...(telemetry.profiling ? [ProfilingModule] : []),
        ControlModule.register([pipeline]),
        ...imports,
      ],
      exports: [config, pipeline],
    };
  }
}
