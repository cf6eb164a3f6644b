/** Time is counted in whole ticks of 1/256 microsecond, so that every sum is exact: 2^53 of them are more than a year. */
export const TICKS_PER_US = 256;
export const TICKS_PER_MS = 256_000;
/** A sliding window is counted in so many slots; a request leaves it at most one slot late, and never early. */
export const WINDOW_SLOTS = 16;
/** Longest time in which a limit recovers, in milliseconds: 31 days. */
export const WINDOW_MS_MAX = 31 * 86_400_000;

export type Algorithm = 'gcra' | 'sliding-window';

export interface LimitSettings {
  /** Default `gcra`. */
  readonly algorithm?: Algorithm;
  /** Requests that are let through at once; at least 1. */
  readonly burst: number;
  /** Time in milliseconds in which a used-up limit recovers whole; up to WINDOW_MS_MAX. */
  readonly windowMs: number;
}

/**
 * How many requests, in what time.
 *
 * `gcra` (the generic cell rate algorithm, ITU-T I.371) lets a request through every `windowMs / burst`, and `burst` at
 * once after a rest. The interval is rounded up to a tick of 4 ns. `sliding-window` lets `burst` through in any time of
 * `windowMs`, however it lies.
 */
export class Limit {
  readonly sliding: boolean;
  readonly burst: number;
  /** What one request costs, in ticks. */
  readonly unitTicks: number;
  /** What a limit at rest holds, in ticks. */
  readonly capacityTicks: number;
  /** Length of a slot of a sliding window, in microseconds. */
  readonly slotUs: number;
  readonly slotTicks: number;
  /** The window in whole seconds, at least 1. */
  readonly windowS: number;

  /** @throws RangeError for a burst below 1, and for a window that is none or too long */
  constructor({ algorithm = 'gcra', burst, windowMs }: LimitSettings) {
    if (!Number.isInteger(burst) || burst < 1) throw new RangeError('burst must be a whole number of at least 1');
    if (!(windowMs > 0 && windowMs <= WINDOW_MS_MAX)) throw new RangeError('the window must be up to 31 days');
    this.sliding = algorithm === 'sliding-window';
    this.burst = burst;
    this.unitTicks = Math.ceil((windowMs * TICKS_PER_MS) / burst);
    this.capacityTicks = this.unitTicks * burst;
    this.slotUs = Math.ceil((windowMs * 1_000) / WINDOW_SLOTS);
    this.slotTicks = this.slotUs * TICKS_PER_US;
    this.windowS = Math.max(1, Math.ceil(windowMs / 1_000));
  }
}
