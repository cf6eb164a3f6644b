import type { Problem } from '../../problems/problem.js';
import type { Answer } from './answer.js';
import type { RequestContext } from './request-context.js';
import type { ResponseHead } from './response-head.js';

/**
 * How a stage that has taken a request replies to it. The reply passes the `response` and `body` hooks of the stages
 * above on its way.
 */
export abstract class Flow {
  /** Lets the stages above edit the request head for the upstream. */
  abstract shape(context: RequestContext, headers: string[]): void;
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
  /** @returns false when the client is slower than the upstream; `context.sink` emits `drain` later */
  abstract write(context: RequestContext, chunk: Uint8Array): boolean;
  /** Completes a streamed reply. */
  abstract end(context: RequestContext, lastChunk: Uint8Array | null, trailers: readonly string[]): void;
  /** Ends a request that the gateway failed at: with 500, or with a cut reply. The operator is told why. */
  abstract fail(context: RequestContext, error: unknown): void;
  /** Ends a begun reply so that the client sees that it is not complete. */
  abstract cut(context: RequestContext): void;
  /** Sends an interim response (RFC 9110 section 15.2); dropped for clients that cannot read it. */
  abstract inform(context: RequestContext, status: number, headers: string[]): void;
}
