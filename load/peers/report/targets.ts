import { spread } from '../measure/spread.ts';
import { FEW_ROUTES } from '../workloads/routes-1000.workload.ts';
import type { WorkloadResult } from '../workloads/workload.ts';
import { pairedRatios } from './table.ts';

const GATEWAY = 'gateway';

/** What the gateway has to reach, and whether it did. */
export interface Verdict {
  target: string;
  limit: number;
  /** Null when the run did not measure it. */
  value: number | null;
  met: boolean | null;
}

interface Target {
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
  { target: '1,000 routes: CPU per request / 10 routes, worst place in the file', limit: 1.03, valueOf: routesRatio },
  median('slow-reader', 'downloadGrowthBytes', 'slow readers: RSS growth, MB', 100, 1e6),
  median('slow-reader', 'uploadGrowthBytes', 'slow uploads: RSS growth, MB', 100, 1e6),
  median('idle', 'bytesPerConnection', 'idle connection: RSS, KB', 20, 1e3),
  median('start', 'firstAnswerMs', 'start to first answer, s', 1.5, 1e3),
];

/** Holds the medians against the limits. */
export function verdicts(results: readonly WorkloadResult[]): Verdict[] {
  return targets.map(({ target, limit, valueOf }) => {
    const found = valueOf(results);
    return { target, limit, value: found, met: found === null ? null : found <= limit };
  });
}

export function verdictLine({ target, limit, value, met }: Verdict): string {
  if (value === null) return `not measured  ${target} (at most ${limit})`;
  return `${met ? 'met         ' : 'MISSED      '}  ${target}: ${value.toFixed(3)} (at most ${limit})`;
}

function cpuRatio(workload: string, reference: string, limit: number): Target {
  return {
    target: `${workload}: CPU per request / ${reference}`,
    limit,
    valueOf: (results) => ratio(results, workload, GATEWAY, reference),
  };
}

function median(workload: string, metric: string, target: string, limit: number, divideBy: number): Target {
  return {
    target,
    limit,
    valueOf: (results) => {
      const rounds = rowOf(results, workload, GATEWAY)?.rounds ?? [];
      const found = spread(rounds.map((round) => round[metric]));
      return found === null ? null : found.median / divideBy;
    },
  };
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
