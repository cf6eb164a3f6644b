import type { Problem } from '../../problems/problem.js';
import type { RequestContext } from './request-context.js';
import type { ResponseHead } from './response-head.js';

/** What a stage is told of the reply that it asked for by `Flow.ask()`. Calls may come from within `ask()`. */
export interface ReplyReceiver {
  /** The reply begins. @param problem what a stage below refused with, or null */
  onHead(head: ResponseHead, problem: Problem | null): void;
  /** @returns false to pause until `resume()` */
  onData(chunk: Uint8Array): boolean;
  /** The reply is complete. */
  onEnd(trailers: readonly string[]): void;
  /** The reply broke off behind its head. */
  onCut(): void;
}

/** A request that a stage has begun by itself: no client has to wait for it. */
export interface InnerRequest {
  /** Its own way down the stages; `upstream`, `tries` and the rest tell of it alone. */
  readonly context: RequestContext;
  /** Ends it at once; nothing more is told. Harmless when it is over. */
  abort(): void;
  resume(): void;
}
