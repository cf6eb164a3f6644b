import type { RouteResult, SimulationResult, UpstreamResult } from '../result/simulation-result.js';
import { clockText, durationText } from '../time-text.js';
import { breakerLine, breakerSpans } from './breaker-spans.js';
import { fewer, sparkline } from './sparkline.js';
import { grouped, percent, table } from './table.js';

const COLUMNS = 60;
const LABEL = 22;
const OPENINGS_SHOWN = 5;

/** What a simulation has found, for a terminal. */
export function textReport(result: SimulationResult): string {
  const { traffic, seed, startMs, endMs, notes, routes, upstreams } = result;
  const lines = [
    `${durationText(endMs - startMs)} of traffic (${traffic}), seed ${seed}, configuration ${result.revision}`,
    '',
    ...routeTable(routes),
    '',
    ...refusalTable(routes),
    ...plot(result),
    '',
    ...upstreams.flatMap((upstream) => upstreamLines(upstream, result)),
    ...routes.flatMap(budgetLine),
    ...notes.map((note) => `note: ${note}`),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function routeTable(routes: readonly RouteResult[]): string[] {
  const head = ['ROUTE', 'OFFERED', 'ANSWERED', 'FAILED', 'REFUSED', 'QUEUED', 'RETRIED', 'P50 MS', 'P95 MS', 'P99 MS'];
  const rows = routes.map((route) => {
    const { offered, answered, failed, refused, queued, retries, latencyMs } = route;
    const counts = [offered, answered, failed, refused, queued, retries].map(grouped);
    return [route.id, ...counts, ...[latencyMs.p50, latencyMs.p95, latencyMs.p99].map(milliseconds)];
  });
  return table([head, ...rows]);
}

/** One row for each kind of refusal and failure, with its share of what was offered to its route. */
function refusalTable(routes: readonly RouteResult[]): string[] {
  const rows = routes.flatMap((route) => {
    const share = (what: string, count: number): string[] => [
      `${route.id}: ${what}`,
      grouped(count),
      percent(count, route.offered),
    ];
    return [
      ...Object.entries(route.refusedBy).map(([by, count]) => share(`refused by ${by}`, count)),
      ...Object.entries(route.failedByStatus).map(([status, count]) => share(`failed with ${status}`, count)),
      ...(route.unanswered > 0 ? [share('never answered', route.unanswered)] : []),
      ...Object.entries(route.shadowed).map(([name, count]) => share(`over limit ${name}, in shadow`, count)),
      ...(route.retriesDenied > 0 ? [share('retries that the budget denied', route.retriesDenied)] : []),
    ];
  });
  return rows.length === 0 ? [] : [...table([['WHAT', 'REQUESTS', 'SHARE'], ...rows]), ''];
}

function plot(result: SimulationResult): string[] {
  const { timeline, startMs, endMs, upstreams } = result;
  const { series } = timeline;
  const columnsOf = (name: keyof typeof series, join: (a: number, b: number) => number): readonly number[] =>
    fewer(series[name], COLUMNS, join).values;
  const { values: offered, joined } = fewer(series.offered, COLUMNS, sum);
  const columnMs = timeline.columnMs * joined;
  const perS = (count: number): string => `peak ${Number(((count * 1_000) / columnMs).toFixed(1))}/s`;
  const top = Math.max(...offered);
  const rates = (
    [
      ['offered', 'offered'],
      ['answered', 'answered'],
      ['failed', 'failed'],
      ['refused by limits', 'limited'],
      ['refused by bulkheads', 'bulkhead'],
      ['refused by breakers', 'breaker'],
      ['retries', 'retries'],
    ] as const
  ).flatMap(([label, name]) => {
    const values = columnsOf(name, sum);
    const most = Math.max(...values);
    return most === 0 ? [] : [row(label, sparkline(values, Math.max(top, most)), perS(most))];
  });
  const queued = columnsOf('queued', larger);
  const queuedMost = Math.max(...queued);
  const breakers = upstreams.flatMap((upstream) =>
    upstream.breaker === null
      ? []
      : [
          row(
            `breaker ${upstream.name}`,
            breakerLine(breakerSpans(upstream, result), result, offered.length, columnMs),
            `opened ${times(upstream.breaker.openings)}`,
          ),
        ],
  );
  const coarse = endMs - startMs >= 7_200_000;
  const [from, to] = [clockText(startMs, coarse), clockText(endMs, coarse)];
  return [
    ...rates,
    ...(queuedMost === 0 ? [] : [row('queued', sparkline(queued, queuedMost), `peak ${grouped(queuedMost)}`)]),
    ...breakers,
    `${''.padEnd(LABEL)} ${from}${to.padStart(Math.max(to.length + 1, offered.length - from.length))}`,
  ];
}

function upstreamLines(upstream: UpstreamResult, result: SimulationResult): string[] {
  const { name, tries, failedTries, activePeak, queuePeak, queuePeakAtMs, breaker } = upstream;
  const queue = queuePeak === 0 ? '' : `, up to ${grouped(queuePeak)} waited (${clockText(queuePeakAtMs)})`;
  const first = `upstream ${name}: ${grouped(tries)} tries, ${grouped(failedTries)} failed (${percent(failedTries, tries)}); up to ${grouped(activePeak)} at once${queue}`;
  if (breaker === null || breaker.openings === 0) return [first];
  const opened = breaker.transitions.flatMap(({ atMs, to }) => (to === 'open' ? [clockText(atMs)] : []));
  const more = opened.length > OPENINGS_SHOWN ? `, and ${opened.length - OPENINGS_SHOWN} more` : '';
  const length = `${durationText(breaker.openMs)} of ${durationText(result.endMs - result.startMs)}`;
  return [
    first,
    `  its breaker opened ${times(breaker.openings)}, and was not closed for ${length}: ${opened.slice(0, OPENINGS_SHOWN).join(', ')}${more}`,
  ];
}

function budgetLine({ id, latencyMs, budget }: RouteResult): string[] {
  if (budget === null) return [];
  const { p95Ms, errorsPercent, errorRatePercent, kept } = budget;
  const errors = `${Number(errorsPercent.toFixed(2))}% errors of ${errorRatePercent}%`;
  return [
    `budget of ${id}: ${kept ? 'kept' : 'MISSED'}, p95 ${milliseconds(latencyMs.p95)} ms of ${p95Ms} ms, ${errors}`,
  ];
}

function row(label: string, line: string, remark: string): string {
  return `${label.slice(0, LABEL).padEnd(LABEL)} ${line} ${remark}`;
}

function sum(a: number, b: number): number {
  return a + b;
}

function larger(a: number, b: number): number {
  return a > b ? a : b;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${grouped(count)} times`;
}

function milliseconds(value: number | null): string {
  if (value === null) return '-';
  return value >= 100 ? grouped(Math.round(value)) : String(Number(value.toFixed(1)));
}
