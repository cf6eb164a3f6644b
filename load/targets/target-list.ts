import type { Measurement } from '../peers/workloads/workload.ts';
import { spread } from '../peers/measure/spread.ts';
import { DISTURBED_PERCENT } from '../peers/measure/undisturbed.ts';

/** What was measured: rounds by subject. */
export type Measured = ReadonlyMap<Subject, readonly Measurement[]>;

export type Subject =
  | 'health'
  | 'authenticated'
  | 'proxied'
  | 'withBreaker'
  | 'breakerOpen'
  | 'policies'
  | 'floor'
  | 'plainSaturated'
  | 'policiesSaturated'
  | 'limited'
  | 'handles'
  | 'limiterKeys';

export interface Target {
  /** Ours are the stricter ones, which this project sets itself. */
  set: 'usual' | 'ours';
  name: string;
  unit: string;
  limit: number;
  /** `below` the limit, `above` it, or `within` so many percent of a value. */
  side: 'below' | 'above' | 'within';
  subjects: Subject[];
  /** null when it was not measured. */
  valueOf(measured: Measured): number | null;
}

export interface TargetVerdict {
  target: Target;
  value: number | null;
  /** A missed one is unsure when others were busy on the gateway's core meanwhile. */
  verdict: 'met' | 'MISSED' | 'unsure' | 'not measured';
}

const MB = 1e6;

export function targetsFor(limitRps: number): Target[] {
  const deviation = (measured: Measured): number | null => {
    const admitted = median(measured, 'limited', 'expectedPerSecond');
    return admitted === null ? null : (100 * Math.abs(admitted - limitRps)) / limitRps;
  };
  return [
    below('usual', 'health, p95', 'ms', 10, 'health', 'p95Ms'),
    below('usual', 'authenticated, no backend, p95', 'ms', 100, 'authenticated', 'p95Ms'),
    below('usual', 'proxied, p95', 'ms', 500, 'proxied', 'p95Ms'),
    below('usual', 'breaker open, p95', 'ms', 5, 'breakerOpen', 'p95Ms'),
    above('usual', 'throughput without limits', '1/s', 1_000, 'plainSaturated', 'requestsPerSecond'),
    {
      ...below('usual', `off a limit of ${limitRps} a second`, '%', 1, 'limited', ''),
      side: 'within',
      valueOf: deviation,
    },
    {
      ...below('usual', 'breaker, added to the median', '%', 5, 'withBreaker', ''),
      subjects: ['withBreaker', 'proxied'],
      valueOf: breakerOverhead,
    },
    below('usual', 'memory at 1,000 a second', 'MB', 512, 'policies', 'rssPeakBytes', MB),
    below('usual', 'processor at 1,000 a second', '% of a core', 50, 'policies', 'busyPercent'),
    below('usual', 'handles and requests under load', '', 200, 'handles', 'count'),
    below('usual', 'keys of limits after the load', '', 1_000, 'limiterKeys', 'count'),
    below('ours', 'health, p95', 'ms', 2, 'health', 'p95Ms'),
    below('ours', 'proxied, p95', 'ms', 5, 'proxied', 'p95Ms'),
    below('ours', 'breaker open, p95', 'ms', 1, 'breakerOpen', 'p95Ms'),
    above('ours', 'all policies, on one core', '1/s', 15_000, 'policiesSaturated', 'requestsPerCoreSecond'),
    below('ours', 'memory at 1,000 a second', 'MB', 200, 'policies', 'rssPeakBytes', MB),
    below('ours', 'processor at 1,000 a second', '% of a core', 6, 'policies', 'busyPercent'),
  ];
}

/** What the gateway's processor time stands on: that of a proxy that does nothing but proxy, at the same rate. */
export function processorFloor(measured: Measured): string | null {
  const [gateway, floor] = (['policies', 'floor'] as const).map((subject) => median(measured, subject, 'busyPercent'));
  if (gateway === null || floor === null) return null;
  const times = (gateway / floor).toFixed(2);
  return `Processor at 1,000 a second of node:http and undici with nothing between: ${shown(floor)} % of a core; the gateway took ${times} times that.`;
}

export function verdictsOn(targets: readonly Target[], measured: Measured): TargetVerdict[] {
  return targets.map((target) => {
    const value = target.valueOf(measured);
    if (value === null || !Number.isFinite(value)) return { target, value: null, verdict: 'not measured' };
    const met = target.side === 'above' ? value > target.limit : value < target.limit;
    if (met) return { target, value, verdict: 'met' };
    return {
      target,
      value,
      verdict: target.subjects.some((each) => isDisturbed(measured, each)) ? 'unsure' : 'MISSED',
    };
  });
}

export function verdictTable(verdicts: readonly TargetVerdict[]): string[][] {
  const rows = verdicts.map(({ target: { set, name, unit, limit, side }, value, verdict }) => [
    `${set === 'ours' ? 'ours: ' : ''}${name}`,
    `${side === 'above' ? '>' : '<'} ${limit.toLocaleString('en')}`,
    value === null ? '-' : shown(value),
    unit,
    verdict,
  ]);
  return [['target', 'limit', 'measured', 'unit', ''], ...rows];
}

function below(
  set: Target['set'],
  name: string,
  unit: string,
  limit: number,
  subject: Subject,
  metric: string,
  per = 1,
) {
  return againstMedian(set, name, unit, limit, 'below', subject, metric, per);
}

function above(set: Target['set'], name: string, unit: string, limit: number, subject: Subject, metric: string) {
  return againstMedian(set, name, unit, limit, 'above', subject, metric, 1);
}

function againstMedian(
  set: Target['set'],
  name: string,
  unit: string,
  limit: number,
  side: Target['side'],
  subject: Subject,
  metric: string,
  per: number,
): Target {
  const valueOf = (measured: Measured): number | null => {
    const found = median(measured, subject, metric);
    return found === null ? null : found / per;
  };
  return { set, name, unit, limit, side, subjects: [subject], valueOf };
}

function median(measured: Measured, subject: Subject, metric: string): number | null {
  const values = (measured.get(subject) ?? []).map((round) => round[metric]);
  return spread(values)?.median ?? null;
}

/** Round by round, since neighbours in time share the machine's mood; the median, since tails are not about a breaker. */
function breakerOverhead(measured: Measured): number | null {
  const plain = measured.get('proxied') ?? [];
  const rounds = (measured.get('withBreaker') ?? []).slice(0, plain.length);
  return spread(rounds.map(({ p50Ms }, i) => 100 * (p50Ms / plain[i].p50Ms - 1)))?.median ?? null;
}

function isDisturbed(measured: Measured, subject: Subject): boolean {
  const busy = (measured.get(subject) ?? []).map(({ othersBusyPercent = 0 }) => othersBusyPercent);
  return (spread(busy)?.median ?? 0) > DISTURBED_PERCENT;
}

function shown(value: number): string {
  return Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
