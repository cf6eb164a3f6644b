import { setTimeout as delay } from 'node:timers/promises';
import { coreBusyUs } from '../../peers/measure/cpu-time.ts';
import type { Cores } from '../../peers/processes/cores.ts';

const LOOK_MS = 400;
const WORTH_SAYING_PERCENT = 10;

/** What others take of a core while nothing of ours runs on it; NaN when the core is not known. */
export async function idleCorePercent({ peer }: Cores): Promise<number> {
  const before = coreBusyUs(peer);
  const startedAt = performance.now();
  await delay(LOOK_MS);
  const after = coreBusyUs(peer);
  if (before === null || after === null) return NaN;
  return (100 * (after - before)) / ((performance.now() - startedAt) * 1000);
}

/** A line about a busy machine, or none. */
export function busyNotes(when: string, percent: number): string[] {
  if (!(percent > WORTH_SAYING_PERCENT)) return [];
  return [`others used ${Math.round(percent)} % of the measured core ${when}: what is undecided may be theirs`];
}
