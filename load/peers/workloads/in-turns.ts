import type { Bench } from '../bench.ts';
import type { Measurement, Row } from './workload.ts';

/** How a measurement is announced while the others are still to come. */
export interface Announced {
  workload: string;
  /** The metric that is shown. */
  metric: string;
}

/**
 * Measures each subject once a round, `rounds` times. A round starts one subject further than the one before, so that
 * none always follows the same neighbour.
 */
export async function inTurns<T extends { name: string }>(
  bench: Pick<Bench, 'rounds' | 'progress'>,
  { workload, metric }: Announced,
  subjects: readonly T[],
  measure: (subject: T) => Promise<Measurement>,
): Promise<Row[]> {
  const rows = new Map(subjects.map(({ name }): [string, Row] => [name, { subject: name, rounds: [] }]));
  for (let round = 0; round < bench.rounds; round++) {
    for (const subject of rotated(subjects, round)) {
      const measured = await measure(subject);
      rows.get(subject.name)!.rounds.push(measured);
      bench.progress(`${workload} ${round + 1}/${bench.rounds} ${subject.name}: ${metric} ${shown(measured[metric])}`);
    }
  }
  return [...rows.values()];
}

function rotated<T>(subjects: readonly T[], round: number): T[] {
  const first = round % Math.max(1, subjects.length);
  return [...subjects.slice(first), ...subjects.slice(0, first)];
}

function shown(value: number): string {
  return Math.abs(value) < 1000 ? value.toFixed(2) : Math.round(value).toLocaleString('en');
}
