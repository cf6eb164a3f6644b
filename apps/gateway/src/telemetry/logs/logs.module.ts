import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { exposeSource } from '@app/observability';
import { Registry } from 'prom-client';
import { Logs, type LogsConfig } from './logs.js';
import { openLogs } from './open-logs.js';

/** Time that the last lines get, in milliseconds. */
const DRAIN_MS = 1_000;

/** Gives the log to whoever wants to write into it or change its level, and counts what is lost. */
@Module({})
export class LogsModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(Logs) private readonly logs: Logs,
    @Optional() @Inject(Registry) private readonly registry: Registry | undefined,
  ) {}

  /** @param logs the log, when it was opened before the modules were composed */
  static register(settings: LogsConfig, logs: Logs | undefined): DynamicModule {
    return {
      module: LogsModule,
      global: true,
      providers: [{ provide: Logs, useFactory: () => logs ?? openLogs(settings) }],
      exports: [Logs],
    };
  }

  onModuleInit(): void {
    if (this.registry === undefined) return;
    exposeSource(this.registry, {
      name: 'api_gateway_log_lines_dropped_total',
      help: 'Log lines that were lost: standard output was full, closed, or not read.',
      type: 'counter',
      samples: () => [{ labels: {}, value: this.logs.dropped }],
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.logs.drain(DRAIN_MS);
  }
}
