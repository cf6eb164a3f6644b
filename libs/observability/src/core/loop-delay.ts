import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pause } from './pause.js';

const RESOLUTION_MS = 1;
const BOUNDS_MS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000];
const PERCENTILES = [50, 90, 99, 99.9];
const BAR_CHARACTERS = 50;

/**
 * Watches how late the event loop is: what each timer, socket and reply has to wait for beyond its own time.
 *
 * @param signal ends it early
 * @returns lines of text: percentiles in milliseconds, the utilisation of the loop, and a histogram
 */
export async function watchLoopDelay(seconds: number, signal: AbortSignal): Promise<string[]> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const before = performance.eventLoopUtilization();
  const startedAt = performance.now();
  histogram.enable();
  await pause(seconds * 1000, signal);
  histogram.disable();
  const { utilization } = performance.eventLoopUtilization(before);
  const tookS = (performance.now() - startedAt) / 1000;
  return describeDelays(histogram, tookS, utilization);
}

/** What is read of a histogram of Node's. */
export interface Delays {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  readonly percentiles: ReadonlyMap<number, number>;
  percentile(percent: number): number;
}

/** @param delays in nanoseconds, the interval of the measurement included */
export function describeDelays(delays: Delays, tookS: number, utilization: number): string[] {
  const total = delays.count;
  const head = `event loop delay: ${total} samples in ${tookS.toFixed(1)} s, one each ${RESOLUTION_MS} ms`;
  const busy = `utilisation ${(utilization * 100).toFixed(1)} %`;
  if (total === 0) return [head, busy];
  const figures: [string, number][] = [
    ['min', delays.min],
    ['mean', delays.mean],
    ...PERCENTILES.map((percent): [string, number] => [`p${percent}`, delays.percentile(percent)]),
    ['max', delays.max],
  ];
  return [
    head,
    ...figures.map(([name, nanoseconds]) => `${name.padEnd(6)}${lateMs(nanoseconds).toFixed(3)} ms`),
    busy,
    '',
    ...histogramLines(delays, total),
  ];
}

function histogramLines(delays: Delays, total: number): string[] {
  let below = 0;
  const rows = [...BOUNDS_MS, Infinity].map((boundMs): [string, number] => {
    const upTo = boundMs === Infinity ? total : countUpTo(delays, boundMs, total);
    const count = Math.max(0, upTo - below);
    below = Math.max(below, upTo);
    return [boundMs === Infinity ? 'more' : `<= ${boundMs} ms`, count];
  });
  return rows.map(([name, count]) => {
    const bar = '#'.repeat(Math.ceil((count / total) * BAR_CHARACTERS));
    return `${name.padEnd(12)}${String(count).padStart(8)} ${bar}`.trimEnd();
  });
}

/** The percentiles that the histogram steps through tell how many samples lie below a bound. */
function countUpTo(delays: Delays, boundMs: number, total: number): number {
  let percent = 0;
  for (const [percentile, nanoseconds] of delays.percentiles) {
    if (lateMs(nanoseconds) <= boundMs) percent = Math.max(percent, percentile);
  }
  return Math.round((percent / 100) * total);
}

function lateMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
}
