import { spread } from '../peers/measure/spread.ts';
import type { Report } from '../peers/report/report.ts';
import { markdownTable, tableOf } from '../peers/report/table.ts';
import { verdictLine } from '../peers/report/targets.ts';
import type { Row, WorkloadResult } from '../peers/workloads/workload.ts';

interface Figure {
  title: string;
  workload: string;
  metric: string;
  digits: number;
  divideBy?: number;
}

const MIB = 2 ** 20;

/** The figures of which everybody has one, in one table. */
const FIGURES: readonly Figure[] = [
  { title: 'GET 1 KiB, us', workload: 'get-1k', metric: 'cpuUsPerRequest', digits: 1 },
  { title: 'POST 1 KiB, us', workload: 'post-1k', metric: 'cpuUsPerRequest', digits: 1 },
  { title: 'GET 1 MiB, us', workload: 'get-1m', metric: 'cpuUsPerRequest', digits: 0 },
  { title: 'PUT 1 MiB, us', workload: 'put-1m', metric: 'cpuUsPerRequest', digits: 0 },
  { title: 'GET 1 KiB, 1/s', workload: 'get-1k', metric: 'requestsPerSecond', digits: 0 },
  { title: 'p95 at 1,000/s, ms', workload: 'rate-1k', metric: 'p95Ms', digits: 2 },
  { title: 'RSS, MiB', workload: 'get-1k', metric: 'rssPeakBytes', digits: 0, divideBy: MIB },
];

/** Others have lines of their own; of their columns, these are shown. */
const DETAILS = new Set([
  'policies',
  'cache-hit',
  'breaker-open',
  'telemetry',
  'routes-1000',
  'idle',
  'slow-reader',
  'start',
]);
const DETAIL_METRICS_LEFT_OUT = new Set([
  'p50Ms',
  'p99Ms',
  'rssPeakBytes',
  'rssEndBytes',
  'peerBusyPercent',
  'othersBusyPercent',
  'errorsCount',
]);

/** The comparison with the peers, from a result file of `make peers`. */
export function peersRegion(report: Report): string {
  const { environment: env, results } = report;
  const about =
    `Measured ${report.startedAt.slice(0, 10)}, revision ${env.revision ?? 'unknown'}, Node ${env.node}, ` +
    `Linux ${env.kernel}, ${env.cpuCount} x ${env.cpuModel}; ` +
    `${Object.entries(env.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`;
  const parts = [about];
  const figures = FIGURES.filter(({ workload }) => rowsOf(results, workload).length > 0);
  if (figures.length > 0) parts.push(markdownTable(summary(results, figures)));
  const left = [...report.skipped, ...report.failures.map(({ workload, reason }) => ({ peer: workload, reason }))];
  if (left.length > 0) parts.push(`Not measured: ${left.map(({ peer, reason }) => `${peer} (${reason})`).join('; ')}.`);
  for (const result of results) {
    if (!DETAILS.has(result.workload) || result.rows.length === 0) continue;
    parts.push(`**${result.workload}**: ${result.description}.`, markdownTable(tableOf(shortened(result))));
  }
  const notes = results.flatMap(({ workload, notes: found }) => found.map((note) => `- ${workload}: ${note}.`));
  if (notes.length > 0) parts.push('What to know about these figures:', notes.join('\n'));
  const verdicts = report.verdicts.filter(({ value }) => value !== null);
  if (verdicts.length > 0)
    parts.push('Held against the targets:', verdicts.map((verdict) => `- ${verdictLine(verdict)}`).join('\n'));
  return parts.join('\n\n');
}

function summary(results: readonly WorkloadResult[], figures: readonly Figure[]): string[][] {
  const subjects = [
    ...new Set(figures.flatMap(({ workload }) => rowsOf(results, workload).map(({ subject }) => subject))),
  ];
  const line = (subject: string): string[] =>
    figures.map((figure) =>
      cell(
        rowsOf(results, figure.workload).find((row) => row.subject === subject),
        figure,
      ),
    );
  return [['', ...figures.map(({ title }) => title)], ...subjects.map((subject) => [subject].concat(line(subject)))];
}

function cell(row: Row | undefined, { metric, digits, divideBy = 1 }: Figure): string {
  const values = (row?.rounds ?? []).map((round) => round[metric] / divideBy).filter(Number.isFinite);
  return spread(values)?.median.toFixed(digits) ?? '-';
}

function rowsOf(results: readonly WorkloadResult[], name: string): Row[] {
  return results.find(({ workload }) => workload === name)?.rows ?? [];
}

function shortened(result: WorkloadResult): WorkloadResult {
  return { ...result, columns: result.columns.filter(({ metric }) => !DETAIL_METRICS_LEFT_OUT.has(metric)) };
}
