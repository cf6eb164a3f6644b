/** One threshold of a script, and what it was held against. */
export interface Threshold {
  /** `http_req_duration{route:users}` */
  metric: string;
  /** `p(95)<500` */
  expression: string;
  /** null when k6 did not say. */
  value: number | null;
  kept: boolean;
}

type Metrics = Record<string, Record<string, unknown> & { thresholds?: Record<string, boolean> }>;

/** The thresholds in what k6 writes with `--summary-export`, where `true` is one that was crossed. */
export function parseSummary(text: string): Threshold[] {
  const { metrics } = JSON.parse(text) as { metrics: Metrics };
  return Object.keys(metrics)
    .sort()
    .flatMap((metric) =>
      Object.entries(metrics[metric].thresholds ?? {}).map(([expression, crossed]) => ({
        metric,
        expression,
        value: valueOf(metrics[metric], expression),
        kept: !crossed,
      })),
    );
}

/** k6 calls the value of a rate `value`, and everything else by the name in the expression. */
function valueOf(metric: Metrics[string], expression: string): number | null {
  const statistic = /^[^<>=!]+/.exec(expression)?.[0].trim() ?? '';
  const value = statistic === 'rate' && 'value' in metric ? metric.value : metric[statistic];
  return typeof value === 'number' ? value : null;
}
