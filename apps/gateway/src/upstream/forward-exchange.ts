import type { Duplex } from 'node:stream';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { fieldOf, removeField } from '../pipeline/contract/response-head.js';
import { StageFailure } from '../pipeline/contract/stage-failure.js';
import { Problem } from '../problems/problem.js';
import type { ProblemType } from '../problems/problem-type.js';
import { problems } from '../problems/registry.js';
import type { Exchange, ExchangeHandler, UpstreamRequest } from './client/upstream-client.js';
import type { UpstreamError } from './client/upstream-error.js';
import { CallbackDeadline, DeadlineEntry } from './deadline-queue.js';
import { exchangeAnswered, exchangeFailed, exchangeStarted } from './events.js';
import type { ForwardPlan, UpstreamPlan } from './forward-plan.js';
import { problemFor } from './problem-mapping.js';
import { RequestBody, collectBody } from './request-body.js';
import { takeResponseFields } from './response-fields.js';
import type { Target } from './target.js';
import type { UpgradedConnections } from './upgrade/upgraded-connections.js';

/** Bodies up to this size are collected before they are sent, see collectBody(). */
const COLLECT_BYTES_MAX = 16_384;

/** Interim responses that an exchange may have: a client that does not read cannot slow them down. */
const INTERIM_MAX = 100;

/** RFC 9110 section 9.2.2, and QUERY, which is safe by definition. */
const idempotent = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
  'PROPFIND',
  'REPORT',
  'SEARCH',
]);

/**
 * One request on its way through an upstream: sends it, and passes the reply back as it comes.
 * It stands in the deadline queue itself, for the time to the response head.
 */
export class ForwardExchange extends DeadlineEntry implements ExchangeHandler {
  private exchange: Exchange | null = null;
  private target: Target | null = null;
  private readonly upstream: UpstreamPlan;
  private sent: UpstreamRequest | null = null;
  private body: RequestBody | null = null;
  private bodySeen = -1;
  private bodyWaited = false;
  private total: CallbackDeadline | null = null;
  private declaredBytes = -1;
  private interim = 0;
  private over = false;
  private onDrain: (() => void) | null = null;

  constructor(
    private readonly context: RequestContext,
    private readonly plan: ForwardPlan,
    private readonly upgrades: UpgradedConnections,
  ) {
    super();
    this.upstream = plan.choose();
  }

  start(): void {
    const { context, plan } = this;
    const { head, request } = context;
    context.exchange = this;
    context.upstream = this.upstream.group.name;
    plan.deadline?.add(this, context.startedAt);
    if (this.upstream.total !== null) {
      this.total = new CallbackDeadline(() => this.fail(problems.upstreamTimeout));
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
      this.fail(problems.upstreamMalformed);
      return;
    }
    takeResponseFields(headers);
    removeField(headers, 'content-length');
    this.context.flow.inform(this.context, status, headers);
  }

  onHead(status: number, statusText: string, headers: string[]): void {
    const { context } = this;
    if (status > 599) {
      this.fail(problems.upstreamMalformed);
      return;
    }
    this.queue?.remove(this);
    context.upstreamStatus = status;
    context.events.emit(exchangeAnswered, context);
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
      this.finish();
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
    this.finish();
    this.context.flow.end(this.context, null, trailers);
  }

  onUpgrade(status: number, headers: string[], socket: Duplex): void {
    if (fieldOf(headers, 'upgrade')?.toLowerCase() !== this.context.head.upgrade) {
      socket.destroy();
      this.fail(problems.upstreamMalformed);
      return;
    }
    this.finish();
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
    // An idle connection that the upstream closed just as it was reused: once more is safe (RFC 9110 section 9.2.2).
    const replayable = sent !== null && (sent.body === null || sent.body instanceof Uint8Array);
    if (error.code === 'reset' && context.status === 0 && context.tries === 1 && replayable) {
      if (idempotent.has(context.head.method) && sent.upgrade === '') {
        this.release();
        this.dispatch(sent);
        return;
      }
    }
    this.fail(problemFor[error.code]);
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
      this.fail(this.body?.stalled === true ? problems.upstreamTimeout : problems.requestTimeout);
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
    this.fail(problems.upstreamTimeout);
  }

  /** The reply could not begin. Fields that Node refuses to write are the upstream's fault, a stage's failure is ours. */
  private unsent(error: unknown): void {
    if (StageFailure.is(error)) this.context.flow.fail(this.context, error);
    else this.fail(problems.upstreamMalformed);
  }

  /** Ends the exchange: with a problem before the head, with a cut reply after it. */
  private fail(type: ProblemType): void {
    const { context } = this;
    this.abort();
    context.exchange = null;
    context.flow.reply(context, new Problem(type));
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
    const target = upstream.group.pick(upstream.hash(context));
    const { headers } = request;
    const host = upstream.host(context, target);
    if (this.sent === null) headers.push('host', host);
    else headers[headers.lastIndexOf('host') + 1] = host;
    this.sent = request;
    this.target = target;
    target.active++;
    context.tries++;
    context.upstreamAskedAt = performance.now();
    context.events.emit(exchangeStarted, context);
    const exchange = target.client.exchange(request, this);
    if (this.over) exchange.abort();
    else this.exchange = exchange;
  }

  private release(): void {
    if (this.target !== null) this.target.active--;
    this.target = null;
    this.exchange = null;
  }

  private finish(): void {
    this.over = true;
    this.queue?.remove(this);
    this.total?.queue?.remove(this.total);
    if (this.target !== null) this.target.active--;
    this.target = null;
  }

  /** Sends a head whose body has not begun, unless the reply is over already. */
  flush(): void {
    if (!this.over) this.context.flow.flush(this.context);
  }
}

function flushHead(exchange: ForwardExchange): void {
  exchange.flush();
}

function isEventStream(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i].length === 12 && headers[i].toLowerCase() === 'content-type') {
      return headers[i + 1].toLowerCase().startsWith('text/event-stream');
    }
  }
  return false;
}
