const PER_OCTAVE = 16;
const OCTAVES = 40;

/** Times in buckets of one sixteenth of an octave: a percentile is at most 4.5 % too high, and exact when all are alike. */
export class LatencyHistogram {
  private readonly counts = new Uint32Array(PER_OCTAVE * OCTAVES);
  private readonly largest = new Float64Array(PER_OCTAVE * OCTAVES);
  private total = 0;

  add(ms: number): void {
    const bucket = Math.min(this.counts.length - 1, Math.floor(Math.log2(ms + 1) * PER_OCTAVE));
    this.counts[bucket]++;
    if (ms > this.largest[bucket]) this.largest[bucket] = ms;
    this.total++;
  }

  /** @param share from 0 to 1 @returns milliseconds, or null when nothing was counted */
  quantile(share: number): number | null {
    let left = Math.ceil(share * this.total);
    if (this.total === 0) return null;
    for (let i = 0; i < this.counts.length; i++) {
      left -= this.counts[i];
      if (left <= 0) return this.largest[i];
    }
    return this.largest.at(-1) ?? 0;
  }
}
