import { spread } from '../measure/spread.ts';
import { OPEN, PROXIED } from '../workloads/breaker-open.workload.ts';
import { GATEWAY_CACHE, NGINX_CACHE } from '../workloads/cache-hit.workload.ts';
import { POLICIES } from '../workloads/policies.workload.ts';
import { OBSERVED, SILENT, TRACED } from '../workloads/telemetry.workload.ts';
import { ONE_WORKER, TWO_WORKERS } from '../workloads/workers.workload.ts';
import { FEW_ROUTES } from '../workloads/routes-1000.workload.ts';
import { DISTURBED_PERCENT } from '../measure/undisturbed.ts';
import type { Measurement, WorkloadResult } from '../workloads/workload.ts';
import { pairedRatios } from './table.ts';

const GATEWAY = 'gateway';

/** What the gateway has to reach, and whether it did. */
export interface Verdict {
  target: string;
  limit: number;
  /** Null when the run did not measure it. */
  value: number | null;
  met: boolean | null;
  /** Other processes took more of the peer's core than figures like these bear: measure again before believing it. */
  disturbed: boolean;
}

interface Target {
  workload: string;
  target: string;
  limit: number;
  valueOf: (results: readonly WorkloadResult[]) => number | null;
}

const targets: readonly Target[] = [
  cpuRatio('get-1k', 'floor', 1.15),
  cpuRatio('post-1k', 'floor', 1.15),
  cpuRatio('get-1k', 'caddy', 0.6),
  cpuRatio('post-1k', 'caddy', 0.6),
  cpuRatio('get-1m', 'floor', 1),
  cpuRatio('put-1m', 'floor', 1),
  {
    workload: 'routes-1000',
    target: '1,000 routes: CPU per request / 10 routes, worst place in the file',
    limit: 1.03,
    valueOf: routesRatio,
  },
  cpuRatio('policies', 'gateway', 1.25, POLICIES),
  cpuRatio('policies', 'caddy', 0.75, POLICIES),
  cpuRatio('policies', 'haproxy-policies', 2.2, POLICIES),
  cpuRatio('cache-hit', NGINX_CACHE, 1.5, GATEWAY_CACHE),
  cpuRatio('breaker-open', PROXIED, 0.7, OPEN),
  cpuRatio('telemetry', SILENT, 1.08, OBSERVED),
  cpuRatio('telemetry', OBSERVED, 1.03, TRACED),
  cpuRatio('workers', ONE_WORKER, 1.1, TWO_WORKERS),
  median('slow-reader', 'downloadGrowthBytes', 'slow readers: RSS growth, MB', 100, 1e6),
  median('slow-reader', 'uploadGrowthBytes', 'slow uploads: RSS growth, MB', 100, 1e6),
  median('idle', 'bytesPerConnection', 'idle connection: RSS, KB', 20, 1e3),
  median('start', 'firstAnswerMs', 'start to first answer, s', 1.5, 1e3),
];

/** Holds the medians against the limits. */
export function verdicts(results: readonly WorkloadResult[]): Verdict[] {
  return targets.map(({ workload, target, limit, valueOf }) => {
    const found = valueOf(results);
    const met = found === null ? null : found <= limit;
    return { target, limit, value: found, met, disturbed: met !== null && isDisturbed(results, workload) };
  });
}

export function verdictLine({ target, limit, value, met, disturbed }: Verdict): string {
  if (value === null) return `not measured  ${target} (at most ${limit})`;
  const doubt = disturbed ? ', but others were busy on the core' : '';
  return `${met ? 'met         ' : 'MISSED      '}  ${target}: ${value.toFixed(3)} (at most ${limit})${doubt}`;
}

function cpuRatio(workload: string, reference: string, limit: number, subject = GATEWAY): Target {
  return {
    workload,
    target: `${workload}: CPU per request / ${reference}`,
    limit,
    valueOf: (results) => ratio(results, workload, subject, reference),
  };
}

function median(workload: string, metric: string, target: string, limit: number, divideBy: number): Target {
  return {
    workload,
    target,
    limit,
    valueOf: (results) => {
      const rounds = rowOf(results, workload, GATEWAY)?.rounds ?? [];
      const found = spread(rounds.map((round) => round[metric]));
      return found === null ? null : found.median / divideBy;
    },
  };
}

/** Whether the others were busy in half of some line's rounds or more, the retries notwithstanding. */
function isDisturbed(results: readonly WorkloadResult[], workload: string): boolean {
  const rows = results.find((result) => result.workload === workload)?.rows ?? [];
  return rows.some(({ rounds }) => (spread(rounds.map(othersBusy))?.median ?? 0) > DISTURBED_PERCENT);
}

function othersBusy({ othersBusyPercent = 0 }: Measurement): number {
  return othersBusyPercent;
}

function routesRatio(results: readonly WorkloadResult[]): number | null {
  const rows = results.find(({ workload }) => workload === 'routes-1000')?.rows ?? [];
  const ratios = rows
    .filter(({ subject }) => subject !== FEW_ROUTES)
    .map(({ subject }) => ratio(results, 'routes-1000', subject, FEW_ROUTES))
    .filter((value) => value !== null);
  return ratios.length === 0 ? null : Math.max(...ratios);
}

function ratio(
  results: readonly WorkloadResult[],
  workload: string,
  subject: string,
  reference: string,
): number | null {
  const row = rowOf(results, workload, subject);
  const other = rowOf(results, workload, reference);
  if (row === undefined || other === undefined) return null;
  return spread(pairedRatios(row, other, 'cpuUsPerRequest'))?.median ?? null;
}

function rowOf(results: readonly WorkloadResult[], workload: string, subject: string) {
  return results.find((result) => result.workload === workload)?.rows.find((row) => row.subject === subject);
}
