import { CountRing, type Counts } from './count-ring.js';
import { WorkerCountRing } from './worker-count-ring.js';
import type { MemoryPlace } from './worker-memory.js';

/** Time that a budget looks back over. */
const WINDOW_MS = 10_000;

const REQUESTS = 0;
const RETRIES = 1;

/**
 * Holds retries to a share of the live traffic, so that they cannot multiply the load of an upstream that already
 * fails (as Finagle's RetryBudget does).
 */
export class RetryBudget {
  private readonly ring: Counts;
  private readonly offsetMs: number;
  private readonly share: number;
  private readonly floor: number;

  /**
   * @param percent retries per hundred requests of the last ten seconds
   * @param minPerS retries per second that are allowed whatever the traffic
   * @param shared where the workers have it in common, and what makes of the times that are given those of one clock for
   * all; null when this one is alone
   */
  constructor(
    percent: number,
    minPerS: number,
    private readonly shared: (MemoryPlace & { readonly clockOffsetMs: number }) | null = null,
  ) {
    this.offsetMs = shared?.clockOffsetMs ?? 0;
    this.ring = shared === null ? new CountRing(WINDOW_MS) : new WorkerCountRing(WINDOW_MS, shared);
    this.share = percent / 100;
    this.floor = (minPerS * WINDOW_MS) / 1000;
  }

  /** A request came. @param now in milliseconds of a clock that does not jump */
  deposit(now: number): void {
    this.ring.add(REQUESTS, now + this.offsetMs);
  }

  /** Asks for one retry, @param at as of deposit(). @returns false when there is none left */
  withdraw(at: number): boolean {
    const now = at + this.offsetMs;
    const allowed = this.floor + this.share * this.ring.sum(REQUESTS, now);
    if (this.ring.sum(RETRIES, now) + 1 > allowed) return false;
    this.ring.add(RETRIES, now);
    if (this.shared === null || this.ring.sum(RETRIES, now) <= allowed) return true;
    // Another worker has taken the last one at the same moment. Perhaps both give it back: too few rather than too many.
    this.ring.undo(RETRIES, now);
    return false;
  }
}
