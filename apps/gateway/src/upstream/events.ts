import { EventKey } from '../pipeline/contract/events.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { UpstreamError } from './client/upstream-error.js';

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
