import type { MemoryPlace } from './worker-memory.js';

/**
 * Numbers of which each worker has its own, in memory that all can read: a worker writes only its slice, so that
 * counting needs no atomic operation, and a reader adds up all of them. Numbers of 8 bytes, at addresses that 8
 * divides, are read whole. What is never written takes no memory of the machine.
 */
export class WorkerSlices {
  private readonly buffer: ArrayBufferLike;
  private readonly workers: number;
  private readonly worker: number;
  /** Rows that any worker has asked for. */
  private readonly used: Uint8Array;

  /** @param starts of each row in a slice, in numbers, and the end of the last one */
  constructor(
    { memory, name }: MemoryPlace,
    private readonly starts: readonly number[],
  ) {
    this.workers = memory.workers;
    this.worker = memory.worker;
    const bytes = this.workers * this.width * Float64Array.BYTES_PER_ELEMENT;
    this.buffer = memory.region(`metrics/${name}`, bytes);
    this.used = new Uint8Array(memory.region(`metrics/${name}/used`, this.rows));
  }

  get rows(): number {
    return this.starts.length - 1;
  }

  /** The row of this worker, to be written. */
  own(row: number): Float64Array {
    this.used[row] = 1;
    return this.of(this.worker, row);
  }

  /** The sum over all workers, at this moment; null while none of them has used the row. */
  sum(row: number): Float64Array | null {
    if (this.used[row] === 0) return null;
    const sum = Float64Array.from(this.of(0, row));
    for (let worker = 1; worker < this.workers; worker++) {
      const numbers = this.of(worker, row);
      for (let i = 0; i < sum.length; i++) sum[i] += numbers[i];
    }
    return sum;
  }

  private get width(): number {
    return this.starts[this.rows];
  }

  private of(worker: number, row: number): Float64Array {
    if (row >= this.rows) throw new RangeError(`there is no row ${row}`);
    const { starts } = this;
    const start = (worker * this.width + starts[row]) * Float64Array.BYTES_PER_ELEMENT;
    return new Float64Array(this.buffer, start, starts[row + 1] - starts[row]);
  }
}
