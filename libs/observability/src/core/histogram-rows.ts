import { Exemplars } from './exemplars.js';
import type { Sample } from './metric-source.js';

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

  /** @param bounds upper bounds in rising order, without +Inf: the same for all rows, or those of each row */
  constructor(bounds: readonly number[] | ((index: number) => readonly number[])) {
    this.boundsOf = typeof bounds === 'function' ? bounds : () => bounds;
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

  /** @param name of the metric; @param labels of the row */
  *samples(name: string, labels: (index: number) => Record<string, string>): Generator<Sample> {
    const bucketName = `${name}_bucket`;
    for (let index = 0; index < this.rows.length; index++) {
      const row = this.rows[index];
      if (row === undefined) continue;
      const own = labels(index);
      const texts = this.textsOf(row.bounds);
      // Of one moment, also when the exposition pauses within the row.
      const numbers = row.numbers.slice();
      let cumulative = 0;
      for (let bucket = 0; bucket <= row.bounds.length; bucket++) {
        cumulative += numbers[bucket];
        const exemplar = row.exemplars?.at(bucket);
        yield { metricName: bucketName, labels: own, le: texts[bucket], value: cumulative, exemplar };
      }
      yield { metricName: `${name}_sum`, labels: own, value: numbers[row.bounds.length + 1] };
      yield { metricName: `${name}_count`, labels: own, value: cumulative };
    }
  }

  private add(index: number): Row {
    const bounds = this.boundsOf(index);
    const row = { bounds, numbers: new Float64Array(bounds.length + 2), exemplars: null };
    this.rows[index] = row;
    return row;
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
