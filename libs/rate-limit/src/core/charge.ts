import { Limit } from './limit.js';

/**
 * One limit, applied to one key for one request, and what became of it. Whoever asks in memory may use the same objects
 * again for the next request: a decision is made at once and leaves nothing behind.
 */
export class Charge {
  /** The hash of the key, in memory. */
  high = 0;
  low = 0;
  /** Name of the key in Redis. */
  key = '';

  /** The limit has no room for this request. */
  refused = false;
  /** Requests that are left, after this one when it was let through. */
  remaining = 0;
  /** Microseconds until more than `remaining` are left. */
  nextUs = 0;
  /** Microseconds until the same request would be let through, when it was refused; else 0. */
  waitUs = 0;

  /** What the store keeps between looking and taking: the place, the place that tells the past, and what is used up. */
  cell = 0;
  source = 0;
  used = 0;

  /**
   * @param policy number of the policy in this process, see MemoryStore.policyNumber()
   * @param cost what the request takes of the limit; at least 1, at most the burst
   * @param shadow the limit is counted and reported, and refuses nothing
   */
  constructor(
    public policy: number,
    public limit: Limit,
    readonly cost = 1,
    readonly shadow = false,
  ) {}
}
