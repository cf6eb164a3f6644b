import { median } from './median.ts';
import { seededRandom } from './seeded-random.ts';

/** A median with the interval that holds it in 95 of 100 repetitions, as far as these rounds can tell. */
export interface Interval {
  median: number;
  low: number;
  high: number;
}

const RESAMPLES = 1_000;

/**
 * Percentile bootstrap of the median in two steps: processes are drawn first and then rounds within them, since the
 * rounds of one process share where its code and heap happen to lie and are no independent witnesses.
 *
 * @param processes the rounds of each process
 * @returns null when there is no round at all
 */
export function medianInterval(processes: readonly (readonly number[])[]): Interval | null {
  const filled = processes.filter((rounds) => rounds.length > 0);
  if (filled.length === 0) return null;
  const random = seededRandom(filled.length * 7919 + filled[0].length);
  const draw = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)];
  const medians: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    medians.push(median(filled.flatMap(() => resampled(draw(filled), draw))));
  }
  medians.sort((a, b) => a - b);
  return {
    median: median(filled.flat()),
    low: medians[Math.floor(RESAMPLES * 0.025)],
    high: medians[Math.ceil(RESAMPLES * 0.975) - 1],
  };
}

function resampled(rounds: readonly number[], draw: (from: readonly number[]) => number): number[] {
  return rounds.map(() => draw(rounds));
}
