import type { Duplex } from 'node:stream';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { fieldOf, removeField } from '../pipeline/contract/response-head.js';
import { StageFailure } from '../pipeline/contract/stage-failure.js';
import { Problem } from '../problems/problem.js';
import type { TryFailure } from '../pipeline/contract/try-failure.js';
import type { ProblemType } from '../problems/problem-type.js';
import { problems } from '../problems/registry.js';
import type { ExchangeHandler, UpstreamError, UpstreamRequest } from '@app/upstream-client';
import { CallbackDeadline } from './deadline-queue.js';
import { exchangeAnswered, exchangeFailed, exchangeStarted } from './events.js';
import type { ForwardPlan } from './forward-plan.js';
import { problemFor } from './problem-mapping.js';
import { RequestBody, collectBody } from './request-body.js';
import { isEventStream, takeResponseFields } from './response-fields.js';
import { isIdempotent, TriedExchange } from './tried-exchange.js';
import type { UpgradedConnections } from './upgrade/upgraded-connections.js';

/** Bodies up to this size are collected before they are sent, see collectBody(). */
const COLLECT_BYTES_MAX = 16_384;

/** Interim responses that an exchange may have: a client that does not read cannot slow them down. */
const INTERIM_MAX = 100;

/**
 * One request on its way through an upstream: sends it, and passes the reply back as it comes.
 * It stands in the deadline queue itself, for the time to the response head.
 */
export class ForwardExchange extends TriedExchange implements ExchangeHandler {
  private sent: UpstreamRequest | null = null;
  private body: RequestBody | null = null;
  private bodySeen = -1;
  private bodyWaited = false;
  private total: CallbackDeadline | null = null;
  private declaredBytes = -1;
  private interim = 0;
  private over = false;
  /** Waits for the next try. */
  private pause: NodeJS.Timeout | null = null;
  private onDrain: (() => void) | null = null;

  constructor(
    context: RequestContext,
    private readonly plan: ForwardPlan,
    private readonly upgrades: UpgradedConnections,
  ) {
    super(context, plan.upstream(context));
  }

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
      this.total = new CallbackDeadline(() => this.fail(problems.upstreamTimeout, 'headers-timeout'));
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

  /** The client has left, or the stage above gave up. */
  abort(): void {
    if (!this.over) this.finish();
    this.exchange?.abort();
    this.exchange = null;
    this.body?.destroy();
  }

  onInformation(status: number, headers: string[]): void {
    if (this.over) return;
    if (status < 100 || ++this.interim > INTERIM_MAX) {
      this.fail(problems.upstreamMalformed, 'malformed');
      return;
    }
    takeResponseFields(headers);
    removeField(headers, 'content-length');
    this.context.flow.inform(this.context, status, headers);
  }

  onHead(status: number, statusText: string, headers: string[]): void {
    const { context } = this;
    if (status > 599) {
      this.fail(problems.upstreamMalformed, 'malformed');
      return;
    }
    context.upstreamStatus = status;
    if (this.plan.timed) context.upstreamAnsweredAt = performance.now();
    context.events.emit(exchangeAnswered, context);
    this.settle(status, null);
    if (this.retries(status, null, headers)) return;
    this.queue?.remove(this);
    this.declaredBytes = takeResponseFields(headers);
    // RFC 9110 section 8.6: such a reply has no length, whatever the upstream says.
    if (status === 204) removeField(headers, 'content-length');
    if (this.total !== null && isEventStream(headers)) this.total.queue?.remove(this.total);
    try {
      context.flow.begin(context, { status, statusText, headers });
    } catch (error) {
      this.unsent(error);
      return;
    }
    // A short body follows in the same read nearly always, and then head and body leave in one write.
    if (this.declaredBytes < 0) process.nextTick(flushHead, this);
  }

  onData(chunk: Uint8Array): boolean {
    const { context } = this;
    if (this.over) return true;
    if (chunk.byteLength === this.declaredBytes && context.responseBodyBytes === 0) {
      this.finish(true);
      context.flow.end(context, chunk, []);
      return true;
    }
    if (context.flow.write(context, chunk)) return true;
    if (this.onDrain === null) {
      this.onDrain = () => this.exchange?.resume();
      context.sink.on('drain', this.onDrain);
    }
    return false;
  }

  onEnd(trailers: string[]): void {
    if (this.over) return;
    this.finish(true);
    this.context.flow.end(this.context, null, trailers);
  }

  onUpgrade(status: number, headers: string[], socket: Duplex): void {
    if (fieldOf(headers, 'upgrade')?.toLowerCase() !== this.context.head.upgrade) {
      socket.destroy();
      this.fail(problems.upstreamMalformed, 'malformed');
      return;
    }
    this.settle(status, null);
    this.finish(true);
    this.exchange = null;
    try {
      this.upgrades.join(this.context, status, headers, socket, this.upstream.idleMs);
    } catch (error) {
      socket.destroy();
      this.unsent(error);
    }
  }

  onError(error: UpstreamError): void {
    if (this.over) return;
    const { context, sent, target } = this;
    this.context.events.emit(exchangeFailed, { context, error, target: target?.origin ?? '' });
    // An idle connection that the upstream closed just as it was reused: once more is safe (RFC 9110 section 9.2.2), and
    // says nothing about the upstream, unless it goes on like that.
    const stale = error.code === 'reset' && context.tries === 1 && isIdempotent(context.head.method);
    if (stale && sent !== null && this.mayReplay(sent)) {
      this.spoil();
      this.dispatch(sent);
      return;
    }
    this.settle(0, error.code);
    if (!this.retries(0, error.code, null)) this.fail(problemFor[error.code], error.code);
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
      if (this.body?.stalled === true) this.fail(problems.upstreamTimeout, 'headers-timeout');
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
    this.fail(problems.upstreamTimeout, 'headers-timeout');
  }

  /** The reply could not begin. Fields that Node refuses to write are the upstream's fault, a stage's failure is ours. */
  private unsent(error: unknown): void {
    if (StageFailure.is(error)) this.context.flow.fail(this.context, error);
    else this.fail(problems.upstreamMalformed, 'malformed');
  }

  /**
   * Ends the exchange: with a problem before the head, with a cut reply after it.
   *
   * @param failure what the stages above are told of it; 'aborted' is no fault of the upstream
   */
  private fail(type: ProblemType, failure: TryFailure = 'aborted'): void {
    const { context } = this;
    if (this.trying) this.settle(0, failure);
    else if (context.status !== 0 && failure !== 'aborted') this.broken(failure);
    this.refuse(new Problem(type));
  }

  private refuse(problem: Problem): void {
    this.abort();
    this.context.exchange = null;
    this.context.flow.reply(this.context, problem);
  }

  /** Gives up the current try for another one, when a stage above wants that. */
  private retries(status: number, failure: TryFailure | null, headers: readonly string[] | null): boolean {
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

  private dispatch(request: UpstreamRequest): void {
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

  private finish(complete = false): void {
    this.over = true;
    if (complete) this.passed();
    this.settle(0, 'aborted');
    if (this.pause !== null) clearTimeout(this.pause);
    this.queue?.remove(this);
    this.total?.queue?.remove(this.total);
    this.giveBack();
  }

  /** Sends a head whose body has not begun, unless the reply is over already. */
  flush(): void {
    if (!this.over) this.context.flow.flush(this.context);
  }
}

function flushHead(exchange: ForwardExchange): void {
  exchange.flush();
}
