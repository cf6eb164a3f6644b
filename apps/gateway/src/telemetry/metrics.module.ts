import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { MemoryStore } from '@app/rate-limit';
import { BreakerRegistry } from '@app/resilience';
import { ResponseStore } from '@app/cache';
import { exposeSource, type MetricSource } from '@app/observability';
import { Registry } from 'prom-client';
import { accessRefused } from '../admission/events.js';
import { ConfigSnapshot } from '../config/index.js';
import { budgetOf } from '../config/route-budget.js';
import { Events } from '../pipeline/contract/events.js';
import { DataPlane } from '../pipeline/data-plane.js';
import { requestEnded } from '../pipeline/request-events.js';
import { UpstreamLoad } from '../pipeline/upstream-load.js';
import { exchangeAnswered, exchangeFailed, exchangeStarted } from '../upstream/events.js';
import { AccessMetrics } from './access-metrics.js';
import { LimitMetrics } from './limit-metrics.js';
import { CacheMetrics } from './cache-metrics.js';
import { METRIC_SOURCES } from './metrics.constants.js';
import { MetricsController } from './metrics.controller.js';
import { ResilienceMetrics } from './resilience-metrics.js';
import { RequestMetrics } from './request-metrics.js';
import { runtimeSources } from './runtime-metrics.js';
import { UpstreamMetrics } from './upstream-metrics.js';
import { WholeMetrics } from './whole-metrics.js';
import { workerSources } from './worker-metrics.js';
import { SHARED_MEMORY, type SharedMemory } from '../workers/shared-memory.js';
import { standingSources } from './upstream-standing.js';

/** Joins the events of the pipeline to metrics. Nothing else knows that there are metrics. */
@Module({})
export class MetricsModule implements OnModuleInit {
  constructor(
    @Inject(Events) private readonly events: Events,
    @Inject(DataPlane) private readonly plane: DataPlane,
    @Inject(UpstreamLoad) private readonly load: UpstreamLoad,
    @Inject(Registry) private readonly registry: Registry,
    @Inject(METRIC_SOURCES) private readonly sources: MetricSource[],
    @Inject(ResponseStore) private readonly stored: ResponseStore,
    @Inject(ConfigSnapshot) private readonly snapshot: ConfigSnapshot,
    @Inject(MemoryStore) private readonly limits: MemoryStore,
    @Inject(BreakerRegistry) private readonly breakers: BreakerRegistry,
    @Inject(SHARED_MEMORY) private readonly memory: SharedMemory | null,
  ) {}

  /** @param pipeline the module that gives the data plane and its events */
  static register(pipeline: DynamicModule): DynamicModule {
    // One registry a gateway: several may live in one process.
    const registry = new Registry();
    return {
      module: MetricsModule,
      imports: [
        pipeline,
        PrometheusModule.register({
          controller: MetricsController,
          defaultMetrics: { enabled: true, config: { register: registry } },
        }),
      ],
      providers: [WholeMetrics, { provide: Registry, useValue: registry }, { provide: METRIC_SOURCES, useValue: [] }],
      exports: [Registry, WholeMetrics, METRIC_SOURCES],
      global: true,
    };
  }

  onModuleInit(): void {
    const { events, memory } = this;
    const { config } = this.snapshot;
    const routeIds = [...config.routes.map(({ id }) => id), this.plane.unroutedId];
    const budgets = config.routes.map((route) => budgetOf(route, config)?.p95Ms ?? null);
    const requests = new RequestMetrics(() => this.plane.active, routeIds, budgets, memory);
    const upstreams = new UpstreamMetrics(Object.keys(config.upstreams), memory);
    const resilience = new ResilienceMetrics(this.breakers, this.policies(), memory);
    resilience.listen(events);
    const access = new AccessMetrics(memory);
    events.on(accessRefused, ({ reason }) => access.refused(reason));
    const limits = new LimitMetrics(() => this.limits.held(), routeIds, memory);
    limits.listen(events);
    const cache = new CacheMetrics(events, this.stored, routeIds, memory);
    events.on(requestEnded, (context) => requests.ended(context));
    events.on(exchangeStarted, (context) => upstreams.started(context));
    events.on(exchangeAnswered, (context) => upstreams.answered(context));
    events.on(exchangeFailed, ({ context, error }) => upstreams.failed(context, error.code, error.reason));
    const all = [requests, upstreams, resilience, access, limits, cache].flatMap((metrics) => metrics.sources());
    for (const source of [
      ...all,
      ...standingSources(this.load),
      ...runtimeSources(),
      ...workerSources(this.memory),
      this.info(),
    ]) {
      exposeSource(this.registry, source);
      this.sources.push(source);
    }
  }

  private policies(): ConstructorParameters<typeof ResilienceMetrics>[1] {
    const { upstreams } = this.snapshot.config;
    const having = (key: 'passiveHealth' | 'bulkhead' | 'retry'): string[] =>
      Object.keys(upstreams).filter((name) => upstreams[name][key] !== null);
    return {
      passiveHealth: having('passiveHealth'),
      bulkhead: having('bulkhead'),
      retry: having('retry'),
    };
  }

  private info(): MetricSource {
    return {
      name: 'api_gateway_config_info',
      help: 'Always 1; the label tells the revision of the configuration that is served.',
      type: 'gauge',
      combine: 'whole',
      samples: () => [{ labels: { revision: this.snapshot.revision }, value: 1 }],
    };
  }
}
