import { DISTURBED_PERCENT } from '../measure/undisturbed.ts';
import type { Row } from './workload.ts';

const FULL_CORE_PERCENT = 90;

/** What a reader must know before trusting the figures of a saturated peer. */
export function saturationNotes(rows: readonly Row[]): string[] {
  const subjectsWhere = (holds: (busy: number, others: number) => boolean): string =>
    rows
      .filter(({ rounds }) => rounds.some((round) => holds(round.peerBusyPercent, round.othersBusyPercent || 0)))
      .map(({ subject }) => subject)
      .join(', ');
  const atEase = subjectsWhere((busy, others) => busy + others < FULL_CORE_PERCENT);
  const disturbed = subjectsWhere((_, others) => others > DISTURBED_PERCENT);
  const failing = rows.filter(({ rounds }) => rounds.some(({ errorsCount }) => errorsCount > 0));
  const notes: string[] = [];
  if (atEase !== '')
    notes.push(`core not filled, the load side was the limit (latencies are not at saturation): ${atEase}`);
  if (disturbed !== '') {
    notes.push(`other processes took more than ${DISTURBED_PERCENT} % of the core in some round: ${disturbed}`);
  }
  for (const { subject } of failing) notes.push(`${subject} failed requests: its figures do not count`);
  return notes;
}
