import { percentileOfSorted } from '../../peers/measure/spread.ts';
import type { Group } from '../sample-reader.ts';

/** A scenario or a route in figures. */
export interface GroupFigures {
  name: string;
  requests: number;
  requestsPerSecond: number;
  failedPercent: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
}

export function figuresOf(groups: ReadonlyMap<string, Group>): GroupFigures[] {
  return [...groups].map(([name, { durationsMs, failed, firstMs, lastMs }]) => {
    const sorted = Float64Array.from(durationsMs).sort();
    return {
      name,
      requests: sorted.length,
      requestsPerSecond: (1000 * sorted.length) / Math.max(1000, lastMs - firstMs),
      failedPercent: (100 * failed) / sorted.length,
      p50Ms: percentileOfSorted(sorted, 50),
      p95Ms: percentileOfSorted(sorted, 95),
      p99Ms: percentileOfSorted(sorted, 99),
      maxMs: sorted.at(-1) ?? NaN,
    };
  });
}

export function groupTable(kind: string, figures: readonly GroupFigures[]): string[][] {
  return [
    [kind, 'requests', '1/s', 'failed %', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'],
    ...figures.map((group) => [
      group.name,
      String(group.requests),
      group.requestsPerSecond.toFixed(1),
      group.failedPercent.toFixed(2),
      ...[group.p50Ms, group.p95Ms, group.p99Ms, group.maxMs].map((ms) => ms.toFixed(2)),
    ]),
  ];
}

/** Share of what was to be sent that has to be sent, for a step to count as served. */
const SERVED_SHARE = 0.97;
const P95_MS_MAX = 500;
const FAILED_PERCENT_MAX = 1;

/** The last step of a stress run that was served in time, and what the first that was not came to; null for no steps. */
export function kneeOf(figures: readonly GroupFigures[]): string | null {
  const steps = figures
    .flatMap((group) => {
      const rate = /^rps_(\d+)$/.exec(group.name)?.[1];
      return rate === undefined ? [] : [{ ...group, rate: Number(rate) }];
    })
    .sort((a, b) => a.rate - b.rate);
  if (steps.length === 0) return null;
  const broken = steps.findIndex(
    ({ rate, requestsPerSecond, p95Ms, failedPercent }) =>
      requestsPerSecond < rate * SERVED_SHARE || p95Ms >= P95_MS_MAX || failedPercent >= FAILED_PERCENT_MAX,
  );
  if (broken === -1) return `no knee up to ${steps.at(-1)?.rate} requests a second`;
  const { rate, requestsPerSecond, p95Ms, failedPercent } = steps[broken];
  const beyond = `at ${rate}, ${requestsPerSecond.toFixed(0)} a second came through, p95 ${p95Ms.toFixed(0)} ms, ${failedPercent.toFixed(1)} % failed`;
  return broken === 0
    ? `beyond the knee from the first step: ${beyond}`
    : `the knee is behind ${steps[broken - 1].rate} requests a second: ${beyond}`;
}
