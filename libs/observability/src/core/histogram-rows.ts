import { Exemplars } from './exemplars.js';
import type { Sample } from './metric-source.js';
import type { MemoryPlace } from './worker-memory.js';
import { WorkerSlices } from './worker-slices.js';

/** A row holds the count of each bucket, then the sum. */
interface Row {
  readonly bounds: readonly number[];
  readonly numbers: Float64Array;
  exemplars: Exemplars | null;
}

/** Histograms by index, each made when it is first written: what is never used takes no memory. */
export class HistogramRows {
  private readonly rows: (Row | undefined)[] = [];
  private readonly boundsOf: (index: number) => readonly number[];
  private readonly boundTexts = new Map<readonly number[], readonly string[]>();
  private readonly slices: WorkerSlices | null;

  /**
   * @param bounds upper bounds in rising order, without +Inf: the same for all rows, or those of each row
   * @param shared where the workers have them in common, and how many rows there are at most; null for memory of its own
   */
  constructor(
    bounds: readonly number[] | ((index: number) => readonly number[]),
    shared: (MemoryPlace & { readonly rowsMax: number }) | null = null,
  ) {
    this.boundsOf = typeof bounds === 'function' ? bounds : () => bounds;
    this.slices = shared === null ? null : new WorkerSlices(shared, this.startsOf(shared.rowsMax));
  }

  /**
   * @param traceparent of the request that was measured, so that it may stand for its bucket; empty for none
   * @param nowMs time of the observation, of `performance.now()`; matters only with a traceparent
   */
  observe(index: number, value: number, traceparent = '', nowMs = 0): void {
    const row = this.rows[index] ?? this.add(index);
    const { bounds, numbers } = row;
    let bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) bucket++;
    numbers[bucket]++;
    numbers[bounds.length + 1] += value;
    if (traceparent === '') return;
    row.exemplars ??= new Exemplars(bounds.length + 1);
    row.exemplars.offer(bucket, value, traceparent, nowMs);
  }

  /**
   * Those that are used, as sums over all workers; the exemplars are those of this one.
   *
   * @param name of the metric
   * @param labels of the row
   */
  *samples(name: string, labels: (index: number) => Record<string, string>): Generator<Sample> {
    const bucketName = `${name}_bucket`;
    const length = this.slices?.rows ?? this.rows.length;
    for (let index = 0; index < length; index++) {
      // Of one moment, also when the exposition pauses within the row.
      const numbers = this.slices === null ? this.rows[index]?.numbers.slice() : this.slices.sum(index);
      if (numbers === undefined || numbers === null) continue;
      const bounds = this.boundsOf(index);
      const own = labels(index);
      const texts = this.textsOf(bounds);
      let cumulative = 0;
      for (let bucket = 0; bucket <= bounds.length; bucket++) {
        cumulative += numbers[bucket];
        const exemplar = this.rows[index]?.exemplars?.at(bucket);
        yield { metricName: bucketName, labels: own, le: texts[bucket], value: cumulative, exemplar };
      }
      yield { metricName: `${name}_sum`, labels: own, value: numbers[bounds.length + 1] };
      yield { metricName: `${name}_count`, labels: own, value: cumulative };
    }
  }

  private add(index: number): Row {
    const bounds = this.boundsOf(index);
    const numbers = this.slices?.own(index) ?? new Float64Array(bounds.length + 2);
    const row = { bounds, numbers, exemplars: null };
    this.rows[index] = row;
    return row;
  }

  private startsOf(rows: number): number[] {
    const starts = [0];
    for (let index = 0; index < rows; index++) starts.push(starts[index] + this.boundsOf(index).length + 2);
    return starts;
  }

  private textsOf(bounds: readonly number[]): readonly string[] {
    let texts = this.boundTexts.get(bounds);
    if (texts === undefined) {
      texts = [...bounds.map(boundText), '+Inf'];
      this.boundTexts.set(bounds, texts);
    }
    return texts;
  }
}

/**
 * A bound as `le` says it: `0.5`, `1.0`. OpenMetrics wants the point; it is there in the text format, too, so that one
 * query finds the bucket however it was scraped.
 */
function boundText(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}
