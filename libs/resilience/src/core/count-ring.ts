const BUCKETS = 10;

/** Which of the two. */
export type CountKind = 0 | 1;

/** Counts of two kinds over a sliding time. */
export interface Counts {
  /** @param now in milliseconds, of any clock that does not jump; a time before the last one counts as the last one */
  add(kind: CountKind, now: number): void;
  /** Takes back what was added at that time. */
  undo(kind: CountKind, now: number): void;
  sum(kind: CountKind, now: number): number;
  clear(): void;
}

/**
 * Counts of two kinds over a sliding time, in ten buckets: a count leaves the sum between nine and ten tenths of the
 * window after it came. Counting costs a comparison and a write, and takes no memory.
 */
export class CountRing implements Counts {
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

  add(kind: CountKind, now: number): void {
    if (now >= this.endsAt) this.advance(now);
    this.counts[this.offset + kind]++;
  }

  undo(kind: CountKind, now: number): void {
    if (now >= this.endsAt) this.advance(now);
    this.counts[this.offset + kind]--;
  }

  sum(kind: CountKind, now: number): number {
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
