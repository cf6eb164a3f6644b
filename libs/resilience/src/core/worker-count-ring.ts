import type { CountKind, Counts } from './count-ring.js';
import type { MemoryPlace } from './worker-memory.js';

const BUCKETS = 10;
/** A bucket has the number of its time, and a count of each kind. */
const BUCKET_WORDS = 3;
/** Before the buckets of a worker: the era in which they were counted. */
const SLICE_WORDS = 32;

/**
 * A CountRing that several workers fill. Each counts in buckets of its own, and the sum goes over all of them: counting
 * waits for nobody. What one has counted, every sum that begins later has in it.
 */
export class WorkerCountRing implements Counts {
  /** The era first, which clear() ends, and from the next slice on those of the workers. */
  private readonly words: Int32Array;
  private readonly workers: number;
  private readonly base: number;
  private readonly bucketMs: number;
  private offset = 0;
  private endsAt = 0;

  /** @param windowMs time that the sums cover, in milliseconds */
  constructor(windowMs: number, { memory, name }: MemoryPlace) {
    const bytes = (memory.workers + 1) * SLICE_WORDS * Int32Array.BYTES_PER_ELEMENT;
    this.words = new Int32Array(memory.region(`${name}/counts`, bytes));
    this.workers = memory.workers;
    this.base = (memory.worker + 1) * SLICE_WORDS;
    this.bucketMs = windowMs / BUCKETS;
  }

  add(kind: CountKind, now: number): void {
    this.change(kind, now, 1);
  }

  undo(kind: CountKind, now: number): void {
    this.change(kind, now, -1);
  }

  sum(kind: CountKind, now: number): number {
    const { words } = this;
    const at = Math.floor(now / this.bucketMs);
    const era = Atomics.load(words, 0);
    let sum = 0;
    for (let slice = SLICE_WORDS; slice <= this.workers * SLICE_WORDS; slice += SLICE_WORDS) {
      if (Atomics.load(words, slice) !== era) continue;
      for (let bucket = slice + 1; bucket <= slice + BUCKETS * BUCKET_WORDS; bucket += BUCKET_WORDS) {
        // In 32 bits, which the numbers of the buckets may have left behind.
        if (((at - Atomics.load(words, bucket)) | 0) < BUCKETS) sum += Atomics.load(words, bucket + 1 + kind);
      }
    }
    return sum;
  }

  clear(): void {
    Atomics.add(this.words, 0, 1);
  }

  private change(kind: CountKind, now: number, by: number): void {
    const { words, base } = this;
    if (now >= this.endsAt) this.advance(now);
    const era = Atomics.load(words, 0);
    if (words[base] !== era) this.begin(era);
    Atomics.add(words, this.offset + kind, by);
  }

  private advance(now: number): void {
    const { words } = this;
    const at = Math.floor(now / this.bucketMs);
    const bucket = this.base + 1 + (at % BUCKETS) * BUCKET_WORDS;
    this.offset = bucket + 1;
    this.endsAt = (at + 1) * this.bucketMs;
    // One that took the place of another may find that it has counted in this bucket already.
    if (words[bucket] === (at | 0)) return;
    words[bucket + 1] = words[bucket + 2] = 0;
    Atomics.store(words, bucket, at | 0);
  }

  private begin(era: number): void {
    const { words, base } = this;
    for (let bucket = base + 1; bucket <= base + BUCKETS * BUCKET_WORDS; bucket += BUCKET_WORDS) {
      words[bucket + 1] = words[bucket + 2] = 0;
    }
    Atomics.store(words, base, era);
  }
}
