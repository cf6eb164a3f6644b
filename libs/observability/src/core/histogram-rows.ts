import type { Sample } from './metric-source.js';
import { NumberRows } from './number-rows.js';

/** Histograms with the same bounds, by index. A row holds the count of each bucket, then the sum. */
export class HistogramRows {
  private readonly rows: NumberRows;

  /** @param bounds upper bounds in rising order, without +Inf */
  constructor(private readonly bounds: readonly number[]) {
    this.rows = new NumberRows(bounds.length + 2);
  }

  observe(index: number, value: number): void {
    const { bounds } = this;
    const row = this.rows.row(index);
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) bucket++;
    row[bucket]++;
    row[bounds.length + 1] += value;
  }

  /** @param name of the metric; @param labels of the row */
  *samples(name: string, labels: (index: number) => Record<string, string>): Generator<Sample> {
    for (const [index, row] of this.rows.entries()) {
      const own = labels(index);
      let cumulative = 0;
      for (let bucket = 0; bucket <= this.bounds.length; bucket++) {
        cumulative += row[bucket];
        const le = bucket < this.bounds.length ? this.bounds[bucket] : '+Inf';
        yield { metricName: `${name}_bucket`, labels: { ...own, le }, value: cumulative };
      }
      yield { metricName: `${name}_sum`, labels: own, value: row[this.bounds.length + 1] };
      yield { metricName: `${name}_count`, labels: own, value: cumulative };
    }
  }
}
