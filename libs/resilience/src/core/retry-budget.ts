import { CountRing } from './count-ring.js';

/** Time that a budget looks back over. */
const WINDOW_MS = 10_000;

const REQUESTS = 0;
const RETRIES = 1;

/**
 * Holds retries to a share of the live traffic, so that they cannot multiply the load of an upstream that already
 * fails (as Finagle's RetryBudget does).
 */
export class RetryBudget {
  private readonly ring = new CountRing(WINDOW_MS);
  private readonly share: number;
  private readonly floor: number;

  /**
   * @param percent retries per hundred requests of the last ten seconds
   * @param minPerS retries per second that are allowed whatever the traffic
   */
  constructor(percent: number, minPerS: number) {
    this.share = percent / 100;
    this.floor = (minPerS * WINDOW_MS) / 1000;
  }

  /** A request came. @param now in milliseconds of a clock that does not jump */
  deposit(now: number): void {
    this.ring.add(REQUESTS, now);
  }

  /** Asks for one retry. @returns false when there is none left */
  withdraw(now: number): boolean {
    const allowed = this.floor + this.share * this.ring.sum(REQUESTS, now);
    if (this.ring.sum(RETRIES, now) + 1 > allowed) return false;
    this.ring.add(RETRIES, now);
    return true;
  }
}
