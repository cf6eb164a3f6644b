/** Rows of numbers by index, each made when it is first written: what is never used takes no memory. */
export class NumberRows {
  private readonly rows: (Float64Array | undefined)[] = [];

  /** @param width numbers in a row */
  constructor(readonly width: number) {}

  row(index: number): Float64Array {
    return (this.rows[index] ??= new Float64Array(this.width));
  }

  *entries(): Generator<readonly [index: number, row: Float64Array]> {
    for (let index = 0; index < this.rows.length; index++) {
      const row = this.rows[index];
      if (row !== undefined) yield [index, row];
    }
  }
}
