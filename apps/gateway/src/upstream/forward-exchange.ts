import type { Duplex } from 'node:stream';
import { UpstreamError, type ChunkLease } from '@app/upstream-client';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { fieldOf, removeField } from '../pipeline/contract/response-head.js';
import { StageFailure } from '../pipeline/contract/stage-failure.js';
import type { TryFailure } from '../pipeline/contract/try-failure.js';
import { Problem } from '../problems/problem.js';
import type { ProblemType } from '../problems/problem-type.js';
import { exchangeAnswered, exchangeFailed } from './events.js';
import type { ForwardPlan } from './forward-plan.js';
import { LeasedChunks } from './leased-chunks.js';
import { problemFor } from './problem-mapping.js';
import { isEventStream, takeResponseFields } from './response-fields.js';
import { SendingExchange } from './sending-exchange.js';
import { isIdempotent } from './tried-exchange.js';
import type { UpgradedConnections } from './upgrade/upgraded-connections.js';

/** Interim responses that an exchange may have: a client that does not read cannot slow them down. */
const INTERIM_MAX = 100;

/** One request on its way through an upstream, and the reply on its way back, as it comes. */
export class ForwardExchange extends SendingExchange {
  /** Chunks go straight to the socket of the client, and nobody keeps one longer than that needs it. */
  leasesChunks = false;
  private leased: LeasedChunks | null = null;
  private declaredBytes = -1;
  private interim = 0;
  private onDrain: (() => void) | null = null;

  constructor(
    context: RequestContext,
    plan: ForwardPlan,
    private readonly upgrades: UpgradedConnections,
  ) {
    super(context, plan);
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
      this.breakOff('malformed', status < 100 ? 'status' : 'interim-count');
      return;
    }
    takeResponseFields(headers);
    removeField(headers, 'content-length');
    this.context.flow.inform(this.context, status, headers);
  }

  onHead(status: number, statusText: string, headers: string[]): void {
    const { context } = this;
    if (status > 599) {
      this.breakOff('malformed', 'status');
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
    this.leasesChunks = context.sink === context.response && context.response.socket !== null;
    // A short body follows in the same read nearly always, and then head and body leave in one write.
    if (this.declaredBytes < 0) process.nextTick(flushHead, this);
  }

  onData(chunk: Uint8Array, lease: ChunkLease | null = null): boolean {
    const { context } = this;
    if (this.over) {
      lease?.release();
      return true;
    }
    if (lease === null) {
      if (chunk.byteLength === this.declaredBytes && context.responseBodyBytes === 0) {
        this.finish(true);
        context.flow.end(context, chunk, []);
        return true;
      }
      if (context.flow.write(context, chunk)) return true;
    } else {
      this.leased ??= new LeasedChunks(context.response);
      if (context.flow.write(context, chunk, this.leased.hold(lease))) return true;
    }
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
      this.breakOff('malformed', 'upgrade');
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
    const { context, sent } = this;
    this.tell(error);
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

  /** The reply could not begin. Fields that Node refuses to write are the upstream's fault, a stage's failure is ours. */
  private unsent(error: unknown): void {
    if (StageFailure.is(error)) this.context.flow.fail(this.context, error);
    else this.breakOff('malformed', 'unsendable');
  }

  protected override breakOff(code: TryFailure, reason: string): void {
    this.tell(new UpstreamError(code, { reason }));
    this.fail(problemFor[code], code);
  }

  private tell(error: UpstreamError): void {
    const { context, target } = this;
    context.events.emit(exchangeFailed, { context, error, target: target?.origin ?? '' });
  }

  protected override fail(type: ProblemType, failure: TryFailure = 'aborted'): void {
    const { context } = this;
    if (this.trying) this.settle(0, failure);
    else if (context.status !== 0 && failure !== 'aborted') this.broken(failure);
    this.refuse(new Problem(type));
  }

  protected override refuse(problem: Problem): void {
    this.abort();
    this.context.exchange = null;
    this.context.flow.reply(this.context, problem);
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
