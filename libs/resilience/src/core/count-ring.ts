const BUCKETS = 10;

/**
 * Counts of two kinds over a sliding time, in ten buckets: a count leaves the sum between nine and ten tenths of the
 * window after it came. Counting costs a comparison and a write, and takes no memory.
 */
export class CountRing {
  private readonly counts = new Uint32Array(BUCKETS * 2);
  private readonly bucketMs: number;
  /** Number of the bucket that is written now, since the beginning of the clock. */
  private current = 0;
  private offset = 0;
  private endsAt = 0;

  /** @param windowMs time that the sums cover, in milliseconds */
  constructor(windowMs: number) {
    this.bucketMs = windowMs / BUCKETS;
  }

  /**
   * @param kind which of the two
   * @param now in milliseconds, of any clock that does not jump; a time before the last one counts as the last one
   */
  add(kind: 0 | 1, now: number): void {
    if (now >= this.endsAt) this.advance(now);
    this.counts[this.offset + kind]++;
  }

  sum(kind: 0 | 1, now: number): number {
    if (now >= this.endsAt) this.advance(now);
    let sum = 0;
    for (let i = kind; i < this.counts.length; i += 2) sum += this.counts[i];
    return sum;
  }

  clear(): void {
    this.counts.fill(0);
  }

  private advance(now: number): void {
    const { counts, bucketMs } = this;
    const at = Math.floor(now / bucketMs);
    for (let left = Math.min(at - this.current, BUCKETS), i = at; left > 0; left--, i--) {
      const offset = (i % BUCKETS) * 2;
      counts[offset] = counts[offset + 1] = 0;
    }
    this.current = at;
    this.offset = (at % BUCKETS) * 2;
    this.endsAt = (at + 1) * bucketMs;
  }
}
