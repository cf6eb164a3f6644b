import type { Transform, Writable } from 'node:stream';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import { renderProblem } from '../problems/render-problem.js';
import { Answer } from './contract/answer.js';
import { Flow } from './contract/flow.js';
import type { InnerRequest, ReplyReceiver } from './contract/inner-request.js';
import type { RequestContext } from './contract/request-context.js';
import type { RequestHead } from './contract/request-head.js';
import { removeField, type ResponseHead } from './contract/response-head.js';
import { StageFailure } from './contract/stage-failure.js';
import { TAKEN, type Verdict } from './contract/stage.js';
import type { TryFailure } from './contract/try-failure.js';
import { announceClose, closeAfterEarlyEnd, closeAfterReply } from './linger.js';
import type { Pipeline } from './pipeline.js';
import { addTrailers, endReply, writeHead } from './node-reply.js';
import { stageWaited } from './request-events.js';
import { tellWait } from './stage-wait.js';
import { noteVerdict, tellDecisions } from './tell-decisions.js';
import { askBeforeTry, askForRetry, tellBroken, tellSettled, type Report } from './tries.js';

/** Tells whether the gateway is shutting down, when replies ask clients to leave. */
export interface DrainState {
  readonly draining: boolean;
}

/** Begins the inner requests of a flow. Given from outside, since such a request has a flow itself. */
export type InnerRequestMaker = (
  outer: RequestFlow,
  context: RequestContext,
  edit: (head: RequestHead) => void,
  receiver: ReplyReceiver,
) => InnerRequest;

/** Takes requests down the stages of one route, and replies up. One for each pipeline. */
export class RequestFlow extends Flow {
  /** Replies pass the stages below this place only: -1 lets them pass all, up to the client. */
  protected readonly above: number = -1;

  constructor(
    readonly pipeline: Pipeline,
    readonly drain: DrainState,
    readonly report: Report,
    readonly begins: InnerRequestMaker,
  ) {
    super();
  }

  /** Asks the stages from `from` on. Synchronous unless a stage has to wait. */
  run(context: RequestContext, from = 0): void {
    const placed = this.pipeline.request;
    for (let i = from; i < placed.length; i++) {
      context.stage = placed[i].at;
      let verdict: Verdict | Promise<Verdict>;
      try {
        verdict = placed[i].hooks.request(context);
      } catch (error) {
        this.fail(context, error);
        return;
      }
      if (context.trail !== null) noteVerdict(context, this.pipeline, verdict);
      if (verdict === undefined) continue;
      if (verdict instanceof Promise) this.wait(context, verdict, i);
      else if (verdict !== TAKEN) this.reply(context, verdict);
      return;
    }
    this.fail(context, new Error(`the pipeline of route ${this.pipeline.route.id} has no end`));
  }

  shape(context: RequestContext, headers: string[]): void {
    for (const { hooks } of this.pipeline.forward) hooks.forward(context, headers);
  }

  attempt(context: RequestContext): Problem | undefined {
    return askBeforeTry(this.pipeline, context, this.report);
  }

  settle(context: RequestContext, status: number, failure: TryFailure | null): void {
    tellSettled(this.pipeline, context, status, failure, this.report);
  }

  broken(context: RequestContext, failure: TryFailure): void {
    tellBroken(this.pipeline, context, failure, this.report);
  }

  retry(
    context: RequestContext,
    status: number,
    failure: TryFailure | null,
    headers: readonly string[] | null,
  ): number {
    return askForRetry(this.pipeline, context, status, failure, headers, this.report);
  }

  ask(context: RequestContext, edit: (head: RequestHead) => void, receiver: ReplyReceiver): InnerRequest {
    return this.begins(this, context, edit, receiver);
  }

  /** Runs the end hooks of the stages that were asked. */
  close(context: RequestContext): void {
    if (context.closed) return;
    context.closed = true;
    for (const { at, hooks } of this.pipeline.end) {
      // A stage that was never asked has nothing to give back.
      if (at > context.stage || at <= this.above) continue;
      try {
        hooks.end(context);
      } catch (error) {
        this.report(context, error);
      }
    }
  }

  reply(context: RequestContext, reply: Answer | Problem): void {
    if (context.ended) return;
    if (context.status !== 0) {
      this.cut(context);
      return;
    }
    const { head, body } = this.toMessage(context, reply);
    try {
      this.begin(context, head);
    } catch (error) {
      this.fail(context, error);
      return;
    }
    this.end(context, wireBody(context, head, body), []);
  }

  begin(context: RequestContext, head: ResponseHead): void {
    const { response: responseHooks } = this.pipeline;
    try {
      for (let i = 0; i < responseHooks.length; i++) {
        const { at, hooks } = responseHooks[i];
        if (at <= context.stage && at > this.above) hooks.response(context, head);
      }
      if (this.pipeline.body.length > 0) this.transform(context, head);
    } catch (error) {
      throw new StageFailure(error);
    }
    this.send(context, head);
  }

  /** Where replies go in the end. */
  protected target(context: RequestContext): Writable {
    return context.response;
  }

  /** Writes a head that has passed the stages. */
  protected send(context: RequestContext, head: ResponseHead): void {
    const { headers } = head;
    headers.push('x-request-id', context.head.id);
    if (context.trail !== null) tellDecisions(context, headers);
    if (this.drain.draining) announceClose(context, headers);
    else if (context.head.hasBody && !context.request.complete && context.exchange === null) {
      closeAfterReply(context, headers);
    }
    try {
      writeHead(context.response, head);
    } catch (error) {
      // Node would send the next head with the phrase of the refused one.
      context.response.statusMessage = '';
      // Node does not let a reply announce trailers that cannot follow: in HTTP/1.0, behind a length, or without a body.
      if ((error as { code?: unknown }).code !== 'ERR_HTTP_TRAILER_INVALID') throw error;
      removeField(headers, 'trailer');
      writeHead(context.response, head);
    }
    context.status = head.status;
  }

  flush(context: RequestContext): void {
    if (!context.ended) context.response.flushHeaders();
  }

  write(context: RequestContext, chunk: Uint8Array, taken?: () => void): boolean {
    context.responseBodyBytes += chunk.byteLength;
    return context.sink.write(chunk, taken);
  }

  end(context: RequestContext, lastChunk: Uint8Array | null, trailers: readonly string[]): void {
    if (trailers.length > 0 && context.sink === context.response) addTrailers(context, trailers);
    if (context.exchange !== null && context.head.hasBody && !context.request.complete) closeAfterEarlyEnd(context);
    context.exchange = null;
    if (lastChunk === null) context.sink.end();
    else {
      context.responseBodyBytes += lastChunk.byteLength;
      if (context.sink === context.response) endReply(context.response, lastChunk);
      else context.sink.end(lastChunk);
    }
  }

  cut(context: RequestContext): void {
    if (context.ended) return;
    context.outcome = 'cut';
    context.exchange = null;
    const { socket } = context.response;
    // A body that only the end of the connection delimits would look complete after an orderly close: reset instead.
    if (socket !== null && !context.response.chunkedEncoding) socket.resetAndDestroy();
    context.response.destroy();
  }

  inform(context: RequestContext, status: number, headers: string[]): void {
    if (context.ended || context.status !== 0 || context.request.httpVersionMinor === 0) return;
    // Node closes after a reply to an expectation unless it has seen the 100 go out by this call.
    if (status === 100 && headers.length === 0) context.response.writeContinue();
    else context.response.writeInformation(status, headers);
  }

  fail(context: RequestContext, error: unknown): void {
    const onReply = StageFailure.is(error);
    this.report(context, onReply ? error.cause : error);
    context.exchange?.abort();
    context.exchange = null;
    const again = context.problem?.type === problems.internal;
    const problem = new Problem(problems.internal);
    if (context.status !== 0) this.cut(context);
    else if (onReply || again) this.replyPastStages(context, problem);
    else this.reply(context, problem);
  }

  /** For a refusal that the stages above would only fail on again. */
  private replyPastStages(context: RequestContext, problem: Problem): void {
    if (context.ended) return;
    const { head, body } = this.toMessage(context, problem);
    // A stage may have put its stream before it already.
    context.sink = this.target(context);
    this.send(context, head);
    this.end(context, wireBody(context, head, body), []);
  }

  private wait(context: RequestContext, promise: Promise<Verdict>, at: number): void {
    if (context.events.hears(stageWaited)) tellWait(context, this.pipeline.stages[context.stage], promise);
    promise.then(
      (verdict) => {
        // The client may have gone meanwhile, or have got a reply: to a malformed body, for example.
        if (context.ended || context.status !== 0) return;
        if (context.trail !== null) noteVerdict(context, this.pipeline, verdict);
        if (verdict === undefined) this.run(context, at + 1);
        else if (verdict !== TAKEN) this.reply(context, verdict);
      },
      (error: unknown) => this.fail(context, error),
    );
  }

  private toMessage(
    context: RequestContext,
    reply: Answer | Problem,
  ): { head: ResponseHead; body: string | Uint8Array } {
    if (!Problem.is(reply)) return { head: headOf(reply.status, reply.headers, reply.body), body: reply.body };
    context.problem = reply;
    const headers = ['content-type', 'application/problem+json', 'cache-control', 'no-store', ...reply.headers];
    const body = renderProblem(reply, context.head.id, context.head.path);
    return { head: headOf(reply.type.status, headers, body), body };
  }

  /** Puts the streams of the stages between what is written from now on and what was the sink so far, the lowest first. */
  private transform(context: RequestContext, head: ResponseHead): void {
    const target = context.sink;
    let above: Transform | null = null;
    for (const { at, hooks } of this.pipeline.body) {
      if (at > context.stage || at <= this.above) continue;
      const stream = hooks.body(context, head);
      if (stream === null) continue;
      removeField(head.headers, 'content-length');
      stream.on('error', (error) => this.fail(context, error));
      if (above === null) context.sink = stream;
      else above.pipe(stream);
      above = stream;
    }
    above?.pipe(target);
  }
}

function headOf(status: number, fields: readonly string[], body: string | Uint8Array): ResponseHead {
  const headers = [...fields];
  if (status !== 204 && status !== 304) headers.push('content-length', String(Buffer.byteLength(body)));
  return { status, statusText: '', headers };
}

/** What of a body follows its head (RFC 9110 section 6.4.1). */
function wireBody(context: RequestContext, { status }: ResponseHead, body: string | Uint8Array): Uint8Array | null {
  const bodyless = context.head.method === 'HEAD' || status === 204 || status === 304;
  if (bodyless || body.length === 0) return null;
  // Bytes are sent as they are: a body that many requests share is not copied for each.
  return typeof body === 'string' ? Buffer.from(body) : body;
}
