import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { exposeSource } from '@app/observability';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { Registry } from 'prom-client';
import { ConfigSnapshot } from '../../config/index.js';
import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import { Events } from '../../pipeline/contract/events.js';
import { requestEnded, requestStarted, stageWaited } from '../../pipeline/request-events.js';
import { exchangeAnswered, exchangeFailed, exchangeStarted } from '../../upstream/events.js';
import { QueryRedactor } from '../query-redactor.js';
import { RequestTrace, requestTrace, type Tracing } from './request-trace.js';
import { SpanQueue } from './span-queue.js';
import { TraceIds } from './trace-ids.js';
import { TraceSampler } from './trace-sampler.js';

const ATTRIBUTE_CHARACTERS_MAX = 2_048;

/**
 * Joins the events of the pipeline to spans. It is imported, with all of OpenTelemetry, only where tracing is on; and
 * a request that is not recorded costs the decision and nothing else.
 */
@Module({})
export class TracingModule implements OnModuleInit, OnApplicationShutdown {
  private readonly exporter: OTLPTraceExporter;
  private readonly queue: SpanQueue;
  private readonly config: GatewayConfig;

  constructor(
    @Inject(Events) private readonly events: Events,
    @Inject(ConfigSnapshot) { config }: ConfigSnapshot,
    @Optional() @Inject(Registry) private readonly registry: Registry | undefined,
  ) {
    const { tracing } = config.telemetry;
    this.config = config;
    this.exporter = new OTLPTraceExporter({
      url: `${tracing.endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: { ...tracing.headers },
      timeoutMillis: tracing.timeoutMs,
    });
    this.queue = new SpanQueue(this.exporter, tracing);
  }

  /** @param config the module that gives the configuration */
  static register(config: DynamicModule): DynamicModule {
    return { module: TracingModule, imports: [config] };
  }

  onModuleInit(): void {
    const { ratio, parentBased } = this.config.telemetry.tracing;
    const sampler = new TraceSampler(ratio, parentBased);
    const tracing = this.compose();
    const { events } = this;
    events.on(requestStarted, (context) => {
      if (sampler.samples(context.head)) context.set(requestTrace, new RequestTrace(tracing, context));
    });
    events.on(exchangeStarted, (context) => context.get(requestTrace)?.tryStarted(context));
    events.on(exchangeAnswered, (context) => context.get(requestTrace)?.tryAnswered(context));
    events.on(exchangeFailed, ({ context, error }) => context.get(requestTrace)?.tryFailed(context, error.code));
    events.on(stageWaited, (wait) => wait.context.get(requestTrace)?.stageWaited(wait));
    events.on(requestEnded, (context) => context.get(requestTrace)?.ended(context));
    this.count();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue.shutdown();
    // It would wait for a collector that does not answer.
    this.exporter.shutdown().catch(() => undefined);
  }

  private compose(): Tracing {
    const { tracing, logs } = this.config.telemetry;
    const ids = new TraceIds();
    const provider = new TracerProvider({
      idGenerator: ids,
      // What comes here is decided already.
      sampler: new AlwaysOnSampler(),
      resource: defaultResource().merge(resourceFromAttributes({ [ATTR_SERVICE_NAME]: tracing.serviceName })),
      spanLimits: { attributeValueLengthLimit: ATTRIBUTE_CHARACTERS_MAX },
      spanProcessors: [this.queue],
    });
    return { tracer: provider.getTracer('sluice'), ids, redactor: new QueryRedactor(logs.redact.query) };
  }

  private count(): void {
    if (this.registry === undefined) return;
    exposeSource(this.registry, {
      name: 'api_gateway_spans_dropped_total',
      help: 'Spans that were lost: the collector was slow, gone, or refused them.',
      type: 'counter',
      samples: () => [{ labels: {}, value: this.queue.dropped }],
    });
  }
}
