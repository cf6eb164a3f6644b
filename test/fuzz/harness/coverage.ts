/** Places in the map. Edges of code are far fewer, so that two of them seldom share one. */
const PLACES = 65_536;

declare global {
  var sluiceCoverage: Coverage | undefined;
}

/**
 * Which ways were taken through the instrumented code, and how often: a feature is a pair of counters passed one after
 * the other, with the magnitude of the count (the scheme of AFL).
 */
export class Coverage {
  /** Places with a count, in order of their first. */
  private readonly touched: number[] = [];
  private readonly counts = new Uint8Array(PLACES);
  private readonly seen = new Uint8Array(PLACES);
  private last = 0;

  /** Makes the one that instrumented code in this thread counts in. */
  static begin(): void {
    globalThis.sluiceCoverage ??= new Coverage();
  }

  static get current(): Coverage {
    if (globalThis.sluiceCoverage === undefined) throw new Error('not instrumented: see register.ts');
    return globalThis.sluiceCoverage;
  }

  /** Called by instrumented code. @param counter its number, spread over the places */
  hit(counter: number): void {
    const place = counter ^ this.last;
    const count = this.counts[place];
    if (count === 0) this.touched.push(place);
    if (count < 255) this.counts[place] = count + 1;
    this.last = counter >> 1;
  }

  /** Before each run. */
  reset(): void {
    for (const place of this.touched) this.counts[place] = 0;
    this.touched.length = 0;
    this.last = 0;
  }

  /** Takes the features of the last run into what was seen. @returns how many were new */
  merge(): number {
    let fresh = 0;
    for (const place of this.touched) {
      const bit = magnitude(this.counts[place]);
      if ((this.seen[place] & bit) === 0) {
        this.seen[place] |= bit;
        fresh++;
      }
    }
    return fresh;
  }

  /** The pairs of the last run, without their counts: what a corpus is made minimal by. */
  pairs(): number[] {
    return [...this.touched];
  }

  /** One number for all features of the last run. */
  signature(): number {
    let sum = 0;
    for (const place of this.touched)
      sum = (sum + Math.imul(place * 8 + magnitude(this.counts[place]), 0x9e3779b1)) | 0;
    return sum;
  }

  get featuresSeen(): number {
    let features = 0;
    for (let bits of this.seen) for (; bits > 0; bits &= bits - 1) features++;
    return features;
  }
}

/** One bit for 1, 2, 3, 4-7, 8-15, 16-31, 32-127, 128 and more. */
function magnitude(count: number): number {
  if (count < 4) return 1 << (count - 1);
  if (count < 8) return 8;
  if (count < 16) return 16;
  if (count < 32) return 32;
  return count < 128 ? 64 : 128;
}
