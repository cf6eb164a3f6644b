import type { Problem } from '../../problems/problem.js';
import type { Answer } from './answer.js';
import type { InnerRequest, ReplyReceiver } from './inner-request.js';
import type { RequestContext } from './request-context.js';
import type { RequestHead } from './request-head.js';
import type { ResponseHead } from './response-head.js';
import type { TryFailure } from './try-failure.js';

/**
 * How a stage that has taken a request replies to it. The reply passes the `response` and `body` hooks of the stages
 * above on its way.
 */
export abstract class Flow {
  /** Lets the stages above edit the request head for the upstream. */
  abstract shape(context: RequestContext, headers: string[]): void;
  /** Asks the stages above whether a try of the upstream may be made. @returns the problem that forbids it */
  abstract attempt(context: RequestContext): Problem | undefined;

  /** Tells the stages above how a try went. @param status of the response head, 0 when there is none */
  abstract settle(context: RequestContext, status: number, failure: TryFailure | null): void;

  /** Tells the stages above that a reply broke off behind its head. */
  abstract broken(context: RequestContext, failure: TryFailure): void;

  /** Asks the stages above for another try. @returns milliseconds to wait before it, or -1 for none */
  abstract retry(
    context: RequestContext,
    status: number,
    failure: TryFailure | null,
    headers: readonly string[] | null,
  ): number;

  /**
   * Sends a request of the asking stage's own down the stages below it: with what the stages above have left in the
   * context, the head as `edit` leaves it, and no body. It goes on when the client leaves; only `abort()` ends it.
   */
  abstract ask(context: RequestContext, edit: (head: RequestHead) => void, receiver: ReplyReceiver): InnerRequest;

  /** Replies with a whole message, unless a head went out before: then the reply is cut. */
  abstract reply(context: RequestContext, reply: Answer | Problem): void;
  /**
   * Begins a streamed reply. The head may stay in memory until the first byte or the end. Nothing was sent when it throws.
   * @throws StageFailure when a stage above failed on it; fail() takes it
   * @throws TypeError or RangeError when the head cannot be written as HTTP
   */
  abstract begin(context: RequestContext, head: ResponseHead): void;
  /** Sends what begin() may have held back. */
  abstract flush(context: RequestContext): void;
  /**
   * @param taken called when nobody needs the chunk any more, unless the client leaves before; only for a reply that
   *   goes straight to the client: `context.sink` is the response
   * @returns false when the client is slower than the upstream; `context.sink` emits `drain` later
   */
  abstract write(context: RequestContext, chunk: Uint8Array, taken?: () => void): boolean;
  /** Completes a streamed reply. */
  abstract end(context: RequestContext, lastChunk: Uint8Array | null, trailers: readonly string[]): void;
  /** Ends a request that the gateway failed at: with 500, or with a cut reply. The operator is told why. */
  abstract fail(context: RequestContext, error: unknown): void;
  /** Ends a begun reply so that the client sees that it is not complete. */
  abstract cut(context: RequestContext): void;
  /** Sends an interim response (RFC 9110 section 15.2); dropped for clients that cannot read it. */
  abstract inform(context: RequestContext, status: number, headers: string[]): void;
}
