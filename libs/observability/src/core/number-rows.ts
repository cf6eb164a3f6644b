import type { MemoryPlace } from './worker-memory.js';
import { WorkerSlices } from './worker-slices.js';

/** Rows of numbers by index, each made when it is first written: what is never used takes no memory. */
export class NumberRows {
  private readonly rows: (Float64Array | undefined)[] = [];
  private readonly slices: WorkerSlices | null;

  /**
   * @param width numbers in a row
   * @param shared where the workers have them in common, and how many rows there are at most; null for memory of its own
   */
  constructor(
    readonly width: number,
    shared: (MemoryPlace & { readonly rowsMax: number }) | null = null,
  ) {
    this.slices =
      shared === null
        ? null
        : new WorkerSlices(
            shared,
            Array.from({ length: shared.rowsMax + 1 }, (_, i) => i * width),
          );
  }

  /** The row of this worker, to be written. */
  row(index: number): Float64Array {
    return (this.rows[index] ??= this.slices?.own(index) ?? new Float64Array(this.width));
  }

  /** Rows that are used, each as the sum over all workers. */
  *entries(): Generator<readonly [index: number, row: Float64Array]> {
    const { rows, slices } = this;
    const length = slices?.rows ?? rows.length;
    for (let index = 0; index < length; index++) {
      const row = slices === null ? rows[index] : slices.sum(index);
      if (row !== undefined && row !== null) yield [index, row];
    }
  }
}
