import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { ContextKey } from '../../pipeline/contract/context-key.js';
import type { RequestContext } from '../../pipeline/contract/request-context.js';
import type { StageWait } from '../../pipeline/request-events.js';
import type { QueryRedactor } from '../query-redactor.js';
import { PassedTraceState } from './passed-trace-state.js';
import {
  answerAttributes,
  endAttributes,
  errorAttributes,
  methodName,
  serverAttributes,
  tryAttributes,
} from './span-attributes.js';
import type { TraceIds } from './trace-ids.js';

/** What the spans of all requests have in common. */
export interface Tracing {
  readonly tracer: Tracer;
  readonly ids: TraceIds;
  readonly redactor: QueryRedactor;
}

/** The trace of a request that is recorded; the others have none. */
export const requestTrace = new ContextKey<RequestTrace>('telemetry.trace');

/** The spans of one request: of the whole, of each stage that waited, and of each try of an upstream. */
export class RequestTrace {
  private readonly server: Span;
  private readonly within: Context;
  /** Tries that have no answer yet, by who makes them: the request itself, or one that a stage of it makes. */
  private readonly tries = new Map<RequestContext, Span>();

  constructor(
    private readonly tracing: Tracing,
    context: RequestContext,
  ) {
    const { head, route } = context;
    const method = methodName(head.method);
    const parent = head.traceContinued ? remoteParent(head) : ROOT_CONTEXT;
    if (!head.traceContinued) tracing.ids.foresee(head.traceparent.slice(3, 35), head.traceparent.slice(36, 52));
    this.server = tracing.tracer.startSpan(
      route.id === '-' ? method : `${method} ${route.id}`,
      {
        kind: SpanKind.SERVER,
        startTime: context.startedAt,
        attributes: serverAttributes(context, tracing.redactor),
      },
      parent,
    );
    this.within = trace.setSpan(ROOT_CONTEXT, this.server);
  }

  /** A try begins; the upstream is told that its span is the parent. */
  tryStarted(context: RequestContext): void {
    const { head, upstreamAskedAt } = context;
    const span = this.tracing.tracer.startSpan(
      methodName(head.method),
      { kind: SpanKind.CLIENT, startTime: upstreamAskedAt, attributes: tryAttributes(context, this.tracing.redactor) },
      this.within,
    );
    this.tries.set(context, span);
    const { traceId, spanId } = span.spanContext();
    const at = head.fields.lastIndexOf('traceparent');
    // A rule of the route may have taken the field away.
    if (at >= 0) head.fields[at + 1] = `00-${traceId}-${spanId}-01`;
  }

  tryAnswered(context: RequestContext): void {
    const { upstreamStatus, upstreamAnsweredAt } = context;
    const span = this.take(context);
    span?.setAttributes(answerAttributes(upstreamStatus));
    if (upstreamStatus >= 400) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end(upstreamAnsweredAt);
  }

  tryFailed(context: RequestContext, code: string): void {
    const span = this.take(context);
    span?.setAttributes(errorAttributes(code));
    span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end(performance.now());
  }

  stageWaited({ stage, startedAt, endedAt, failed }: StageWait): void {
    const span = this.tracing.tracer.startSpan(`stage ${stage}`, { startTime: startedAt }, this.within);
    span.setAttribute('sluice.stage', stage);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endedAt);
  }

  ended(context: RequestContext): void {
    const { status, outcome, problem, endedAt } = context;
    // The time was up, or the client left: nobody told of an end.
    const open = this.take(context);
    if (status === 101) open?.setAttributes(answerAttributes(status));
    else {
      open?.setAttributes(errorAttributes(problem?.type.code ?? outcome));
      open?.setStatus({ code: SpanStatusCode.ERROR });
    }
    open?.end(endedAt);
    const { server } = this;
    server.setAttributes(endAttributes(context));
    if (status >= 500 || outcome === 'cut') server.setStatus({ code: SpanStatusCode.ERROR });
    server.end(endedAt);
  }

  private take(context: RequestContext): Span | undefined {
    const span = this.tries.get(context);
    this.tries.delete(context);
    return span;
  }
}

function remoteParent(head: RequestContext['head']): Context {
  const state = head.list('tracestate');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId: head.traceparent.slice(3, 35),
    spanId: head.traceparent.slice(36, 52),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(state === '' ? {} : { traceState: new PassedTraceState(state) }),
  });
}
