import { EventKey } from './contract/events.js';
import type { RequestContext } from './contract/request-context.js';

/** The head of a request has been read and its route is known (or known to be missing). */
export const requestStarted = new EventKey<RequestContext>('request.started');
/** The exchange with the client is over; the context is complete. Exactly once for each start. */
export const requestEnded = new EventKey<RequestContext>('request.ended');
/** A stage gave a promise, and that has been kept or broken. Times are milliseconds of `performance.now()`. */
export interface StageWait {
  readonly context: RequestContext;
  readonly stage: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
}

export const stageWaited = new EventKey<StageWait>('request.stage-waited');
/** A stage threw. The client got 500, or a cut reply. */
export const requestFailed = new EventKey<{ readonly context: RequestContext; readonly error: unknown }>(
  'request.failed',
);
