import type { LimitSettings } from '../../../libs/rate-limit/src/core/limit.js';

/** What threads do to limits that they share; the clock stands still. */
export interface LimitHammering {
  readonly keysMax: number;
  /** One charge of each request by each of them. */
  readonly limits: readonly LimitSettings[];
  /** The first limit counts all keys as one. */
  readonly firstForAll: boolean;
  readonly keys: number;
  /** Requests of each thread, by a random key. */
  readonly hits: number;
}
