import type { RequestHead } from '../../pipeline/contract/request-head.js';

/** Digits of a trace id that are random whoever made it (W3C Trace Context level 2, section 2.2.3.1), as a number of bits. */
const RANDOM_BITS = 56;

/**
 * Decides whether the trace of a request is recorded, before anything is made for it. The share is decided by the id,
 * so that all who decide about the same trace by the same ratio agree.
 */
export class TraceSampler {
  /** Least value of the random digits that is recorded; null records none. */
  private readonly threshold: string | null;

  /**
   * @param ratio share to record, 0 to 1
   * @param parentBased what a client has decided about its trace holds
   */
  constructor(
    ratio: number,
    private readonly parentBased: boolean,
  ) {
    const least = BigInt(Math.round((1 - ratio) * 2 ** RANDOM_BITS));
    this.threshold = least >= 1n << BigInt(RANDOM_BITS) ? null : least.toString(16).padStart(RANDOM_BITS / 4, '0');
  }

  samples({ traceparent, traceContinued }: Pick<RequestHead, 'traceparent' | 'traceContinued'>): boolean {
    if (traceContinued && this.parentBased) return isSampled(traceparent);
    // Both are lower-case digits of one length: their order as text is that of the numbers.
    return this.threshold !== null && traceparent.slice(21, 35) >= this.threshold;
  }
}

/** The lowest bit of the flags (section 3.2.2.5). */
function isSampled(traceparent: string): boolean {
  return (parseInt(traceparent.slice(53, 55), 16) & 1) === 1;
}
