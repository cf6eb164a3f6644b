import type { MemoryPlace } from './worker-memory.js';

/** A number is alone in its 8 bytes, which is what shares are made of. */
const STRIDE = 2;

/**
 * How many of something there are, over all workers: each counts its own, and what one that has ended had is forgotten.
 */
export class WorkerCounts {
  private readonly counts: Int32Array;
  private readonly own: number;

  /** @param what is counted at that place */
  constructor({ memory, name }: MemoryPlace, what: string) {
    this.counts = new Int32Array(memory.shares(`${name}/${what}`, STRIDE * Int32Array.BYTES_PER_ELEMENT));
    this.own = memory.worker * STRIDE;
  }

  sum(): number {
    let sum = 0;
    for (let at = 0; at < this.counts.length; at += STRIDE) sum += Atomics.load(this.counts, at);
    return sum;
  }

  /** Adds one, unless there are `most`. Of two workers that want the last one, perhaps neither gets it. */
  add(most: number): boolean {
    Atomics.add(this.counts, this.own, 1);
    if (this.sum() <= most) return true;
    this.remove();
    return false;
  }

  remove(): void {
    Atomics.sub(this.counts, this.own, 1);
  }
}
