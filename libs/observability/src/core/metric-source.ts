/** One line of an exposition, without its value's formatting. */
export interface Sample {
  /** Name of the series when it differs from that of the metric: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * Numbers that are kept in plain memory while traffic runs and turned into samples only when somebody scrapes.
 * A metrics library that keeps labelled series costs 100 to 230 ns an increment; a typed array costs one write.
 */
export interface MetricSource {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  samples(): Iterable<Sample>;
}
