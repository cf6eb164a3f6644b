import { Writable } from 'node:stream';
import type { InnerRequest, ReplyReceiver } from './contract/inner-request.js';
import { RequestContext } from './contract/request-context.js';
import type { RequestHead } from './contract/request-head.js';
import type { ResponseHead } from './contract/response-head.js';
import { RequestFlow } from './request-flow.js';

/**
 * Where the body of an inner reply ends: at the receiver, and no faster than that wants it. It is written to only by the
 * streams of stages below the one that asks; without those, chunks pass it by, and it merely tells when to go on.
 */
class ReceiverSink extends Writable {
  private resumeWriting: (() => void) | null = null;
  private paused = false;

  constructor(private readonly flow: InnerFlow) {
    super({ highWaterMark: 65_536 });
  }

  /** @returns false when `drain` will tell that more is wanted */
  pass(chunk: Uint8Array): boolean {
    if (this.flow.deliver(chunk)) return true;
    this.paused = true;
    return false;
  }

  resume(): void {
    const go = this.resumeWriting;
    this.resumeWriting = null;
    go?.();
    if (!this.paused) return;
    this.paused = false;
    this.emit('drain');
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    if (this.flow.deliver(chunk)) done();
    else this.resumeWriting = done;
  }

  override _final(done: () => void): void {
    this.flow.complete();
    done();
  }
}

/** The way of one inner request: through the stages below the one that asks, and back to that one. */
export class InnerFlow extends RequestFlow implements InnerRequest {
  readonly context: RequestContext;
  protected override readonly above: number;
  private readonly body: ReceiverSink;
  private trailers: readonly string[] = [];

  private constructor(
    outer: RequestFlow,
    private readonly asking: RequestContext,
    edit: (head: RequestHead) => void,
    private readonly receiver: ReplyReceiver,
  ) {
    super(outer.pipeline, outer.drain, outer.report, outer.begins);
    this.above = asking.stage;
    const head = asking.head.copy();
    head.contentLength = -1;
    head.chunked = false;
    head.expectsContinue = false;
    head.trailers = null;
    edit(head);
    const { request, response, route, events, startedAt } = asking;
    // Its time began with that of the client: who waits for it waits no longer than for a request of its own.
    this.context = new RequestContext(request, response, head, route, this, events, startedAt, null);
    this.context.inherit(asking);
    this.body = new ReceiverSink(this);
    this.context.sink = this.body;
  }

  static begin(
    this: void,
    outer: RequestFlow,
    context: RequestContext,
    edit: (head: RequestHead) => void,
    receiver: ReplyReceiver,
  ): InnerRequest {
    const inner = new InnerFlow(outer, context, edit, receiver);
    const from = outer.pipeline.request.findIndex(({ at }) => at > context.stage);
    inner.run(inner.context, from < 0 ? outer.pipeline.request.length : from);
    return inner;
  }

  abort(): void {
    this.over('client-gone');
  }

  resume(): void {
    this.body.resume();
  }

  override flush(): void {
    // The receiver has the head already.
  }

  override write(context: RequestContext, chunk: Uint8Array): boolean {
    if (context.sink !== this.body) return super.write(context, chunk);
    context.responseBodyBytes += chunk.byteLength;
    return this.body.pass(chunk);
  }

  override end(context: RequestContext, lastChunk: Uint8Array | null, trailers: readonly string[]): void {
    context.exchange = null;
    this.trailers = trailers;
    if (lastChunk !== null) context.responseBodyBytes += lastChunk.byteLength;
    if (context.sink === this.body) {
      // Whoever wants no more for now is not asked to hold more than this one chunk.
      if (lastChunk !== null) this.deliver(lastChunk);
      this.complete();
    } else if (lastChunk === null) context.sink.end();
    else context.sink.end(lastChunk);
  }

  override cut(context: RequestContext): void {
    if (context.ended) return;
    this.over('cut');
    this.receiver.onCut();
  }

  override inform(): void {
    // Nobody waits for what comes before the head.
  }

  /** @returns false when the receiver wants no more for now */
  deliver(chunk: Uint8Array): boolean {
    return this.context.ended || this.receiver.onData(chunk);
  }

  /** The last byte has been handed on. */
  complete(): void {
    if (this.context.ended) return;
    this.over('completed');
    this.receiver.onEnd(this.trailers);
  }

  protected override target(): Writable {
    return this.body;
  }

  protected override send(context: RequestContext, head: ResponseHead): void {
    context.status = head.status;
    const { asking } = this;
    asking.upstream = context.upstream;
    asking.target = context.target;
    asking.upstreamStatus = context.upstreamStatus;
    asking.upstreamAskedAt = context.upstreamAskedAt;
    asking.upstreamConnectedAt = context.upstreamConnectedAt;
    asking.upstreamAnsweredAt = context.upstreamAnsweredAt;
    asking.tries += context.tries;
    this.receiver.onHead(head, context.problem);
  }

  private over(outcome: 'completed' | 'client-gone' | 'cut'): void {
    const { context } = this;
    if (context.ended) return;
    context.outcome = outcome;
    this.close(context);
    this.body.destroy();
  }
}
