import type { Duplex } from 'node:stream';
import type { ChunkLease, ExchangeHandler, UpstreamError, UpstreamRequest } from '@app/upstream-client';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { TryFailure } from '../pipeline/contract/try-failure.js';
import type { Problem } from '../problems/problem.js';
import type { ProblemType } from '../problems/problem-type.js';
import { problems } from '../problems/registry.js';
import { CallbackDeadline } from './deadline-queue.js';
import { exchangeStarted } from './events.js';
import type { ForwardPlan } from './forward-plan.js';
import { RequestBody, collectBody } from './request-body.js';
import { TriedExchange } from './tried-exchange.js';

/** Bodies up to this size are collected before they are sent, see collectBody(). */
const COLLECT_BYTES_MAX = 16_384;

/**
 * The way of one request to its upstream, try by try. It stands in the deadline queue itself, for the time to the
 * response head.
 */
export abstract class SendingExchange extends TriedExchange implements ExchangeHandler {
  protected sent: UpstreamRequest | null = null;
  protected body: RequestBody | null = null;
  protected total: CallbackDeadline | null = null;
  protected over = false;
  /** Waits for the next try. */
  protected pause: NodeJS.Timeout | null = null;
  private bodySeen = -1;
  private bodyWaited = false;

  constructor(
    context: RequestContext,
    protected readonly plan: ForwardPlan,
  ) {
    super(context, plan.upstream(context));
  }

  /** The client has left, or the stage above gave up. */
  abstract abort(): void;
  abstract onInformation(status: number, headers: string[]): void;
  abstract onHead(status: number, statusText: string, headers: string[]): void;
  abstract onData(chunk: Uint8Array, lease?: ChunkLease | null): boolean;
  abstract onEnd(trailers: string[]): void;
  abstract onUpgrade(status: number, headers: string[], socket: Duplex): void;
  abstract onError(error: UpstreamError): void;

  /**
   * Ends the exchange: with a problem before the head, with a cut reply after it.
   *
   * @param failure what the stages above are told of it; 'aborted' is no fault of the upstream
   */
  protected abstract fail(type: ProblemType, failure?: TryFailure): void;

  /** As fail(), for what the client could not see as a failure. @param reason a stable word for the metrics */
  protected abstract breakOff(code: TryFailure, reason: string): void;

  protected abstract refuse(problem: Problem): void;

  start(): void {
    const { context, plan } = this;
    const { head, request } = context;
    context.exchange = this;
    context.upstream = this.upstream.group.name;
    const refusal = this.attempt();
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    plan.deadline?.add(this, context.startedAt);
    if (this.upstream.total !== null) {
      this.total = new CallbackDeadline(() => this.breakOff('headers-timeout', 'total'));
      this.upstream.total.add(this.total, context.startedAt);
    }
    const { fields } = head;
    context.flow.shape(context, fields);
    if (head.contentLength > 0 && head.contentLength <= COLLECT_BYTES_MAX && !head.expectsContinue) {
      collectBody(request, head.contentLength, (body) => this.send(body));
    } else if (head.hasBody) {
      this.body = new RequestBody(request, plan.bodyBytesMax, () => this.fail(problems.bodyTooLarge));
      this.send(this.body);
    } else this.send(null);
  }

  override onDeadline(): void {
    const { context } = this;
    if (context.head.hasBody && !context.request.complete) {
      // The clock for the upstream starts when the request is whole; until then the client must keep sending.
      const seen = context.request.socket.bytesRead;
      if (seen !== this.bodySeen) {
        this.bodySeen = seen;
        this.plan.deadline?.add(this, performance.now());
        return;
      }
      if (this.body?.stalled === true) this.breakOff('headers-timeout', 'sending');
      else this.fail(problems.requestTimeout);
      return;
    }
    if (context.head.hasBody && !this.bodyWaited) {
      // The request became whole some time after this clock was set.
      this.bodyWaited = true;
      const endedAt = this.body?.endedAt ?? context.upstreamAskedAt;
      if (endedAt > this.dueAt - (this.plan.deadline?.timeoutMs ?? 0)) {
        this.plan.deadline?.add(this, endedAt);
        return;
      }
    }
    this.breakOff('headers-timeout', 'route');
  }

  /** Gives up the current try for another one, when a stage above wants that. */
  protected retries(status: number, failure: TryFailure | null, headers: readonly string[] | null): boolean {
    const { sent } = this;
    if (sent === null || !this.mayReplay(sent)) return false;
    const delayMs = this.context.flow.retry(this.context, status, failure, headers);
    if (delayMs < 0) return false;
    this.exchange?.abort();
    this.release();
    if (delayMs === 0) this.tryAgain(sent);
    else this.pause = setTimeout(() => this.tryAgain(sent), delayMs);
    return true;
  }

  private tryAgain(sent: UpstreamRequest): void {
    this.pause = null;
    if (this.over) return;
    const refusal = this.attempt();
    if (refusal === undefined) this.dispatch(sent);
    else this.refuse(refusal);
  }

  private send(body: Uint8Array | RequestBody | null): void {
    const { context } = this;
    const { head, request } = context;
    const { trailers } = head;
    const path = this.plan.rewrite === null ? head.path : this.plan.rewrite(context);
    this.dispatch({
      method: head.method,
      path: head.query === '' ? path : path + head.query,
      headers: head.fields,
      body,
      bodyBytes: head.chunked ? -1 : head.contentLength,
      upgrade: head.upgrade,
      expectsContinue: head.expectsContinue,
      trailers: head.chunked && trailers !== null ? () => trailers(request.rawTrailers) : null,
    });
  }

  protected dispatch(request: UpstreamRequest): void {
    const { context, upstream } = this;
    if (this.over) return;
    const target = this.take();
    const { headers } = request;
    const host = upstream.host(context, target);
    if (this.sent === null) headers.push('host', host);
    else headers[headers.lastIndexOf('host') + 1] = host;
    this.sent = request;
    context.events.emit(exchangeStarted, context);
    const { tries } = context;
    const exchange = target.client.exchange(request, this);
    if (this.over) exchange.abort();
    // It may have failed within the call, and another one taken its place.
    else if (context.tries === tries) this.exchange = exchange;
  }
}
