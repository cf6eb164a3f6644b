import { EventKey } from '../pipeline/contract/events.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { UpstreamError } from '@app/upstream-client';

export interface ExchangeFailure {
  readonly context: RequestContext;
  readonly error: UpstreamError;
  readonly target: string;
}

/** A request is about to be handed to a target. */
export const exchangeStarted = new EventKey<RequestContext>('upstream.exchange-started');
/** The response head of an exchange has come; `upstreamStatus` and `upstreamAskedAt` of the context tell of it. */
export const exchangeAnswered = new EventKey<RequestContext>('upstream.exchange-answered');
/** An exchange broke; a retry may follow. */
export const exchangeFailed = new EventKey<ExchangeFailure>('upstream.exchange-failed');

/** A target gets no traffic for `ejectedForMs`, since its traffic fails; 0 when it comes back. */
export interface TargetEjection {
  readonly upstream: string;
  readonly target: string;
  readonly ejectedForMs: number;
  /** Ejections in a row, this one included. */
  readonly times: number;
}

export const targetEjected = new EventKey<TargetEjection>('upstream.target-ejected');
export const targetReturned = new EventKey<TargetEjection>('upstream.target-returned');
/** Too few targets of an upstream are left, so that all get traffic; or enough are left again. */
export const panicChanged = new EventKey<{ readonly upstream: string; readonly panic: boolean }>(
  'upstream.panic-changed',
);
