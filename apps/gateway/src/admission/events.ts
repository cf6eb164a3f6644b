import { EventKey } from '../pipeline/contract/events.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { RefusalReason } from './refusal-reason.js';

export interface Refusal {
  readonly context: RequestContext;
  readonly reason: RefusalReason;
}

export interface KeyFetch {
  /** Name of the provider whose keys they are. */
  readonly provider: string;
  /** null when the keys have come. */
  readonly error: Error | null;
}

/** A request was refused for its credentials, what they allow, or the address that it came from. */
export const accessRefused = new EventKey<Refusal>('admission.access-refused');
/** The keys of an issuer were asked for. */
export const keysFetched = new EventKey<KeyFetch>('admission.keys-fetched');
