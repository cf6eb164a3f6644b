import type { Pair } from '../measure/pair.ts';
import { PAIRS_FOR_ALARM, type Change } from './change.ts';
import { decided, judged, type Judgement } from './judgement.ts';

/** One figure that is held against one limit. */
export interface Question {
  name: string;
  limit: number;
  change: (pairs: readonly Pair[]) => Change;
  /** Worse only when the change surely is beyond the limit, not when it merely is surely there. Default false. */
  outright?: boolean;
}

export interface Decision {
  judgement: Judgement;
  change: Change;
  pairs: readonly Pair[];
  /** Pairs beyond the limit that a second, independent series did not confirm. */
  unconfirmed: boolean;
}

export interface Effort {
  /** A question that is still open after so many pairs stays so. */
  pairsMax: number;
  /**
   * When to stop by `performance.now()`. What seems worse then is measured on until there are pairs enough to say so,
   * and its confirmation may go on for `confirmMs`.
   */
  deadlineAt: number;
  confirmMs: number;
  now?: () => number;
}

/** Measures the questions that are named once more: one pair or several of each. A question without pairs is dropped. */
export type Measure = (names: readonly string[]) => Promise<ReadonlyMap<string, readonly Pair[]>>;

/**
 * Measures until each interval lies on one side of its limit, or time or pairs are used up. What then counts as worse
 * has to show again in a second series of its own, on other processes: an alarm that is chance in one of a hundred runs
 * becomes one in ten thousand, and what the machine did for a while may have passed.
 */
export async function untilDecided(
  questions: readonly Question[],
  effort: Effort,
  measure: Measure,
): Promise<Map<string, Decision>> {
  const { now = () => performance.now() } = effort;
  const first = await series(questions, { ...effort, now }, measure);
  const suspected = questions.filter(({ name }) => first.get(name)?.judgement === 'worse');
  if (suspected.length === 0) return first;
  const deadlineAt = Math.max(effort.deadlineAt, now() + effort.confirmMs);
  const second = await series(suspected, { ...effort, now, deadlineAt }, measure);
  for (const [name, found] of second) {
    const worse = found.judgement === 'worse';
    first.set(name, { ...found, judgement: worse ? 'worse' : 'undecided', unconfirmed: !worse });
  }
  return first;
}

async function series(
  questions: readonly Question[],
  { pairsMax, deadlineAt, now }: Required<Effort>,
  measure: Measure,
): Promise<Map<string, Decision>> {
  const found = new Map<string, Pair[]>();
  let open = [...questions];
  do {
    const more = await measure(open.map(({ name }) => name));
    for (const [name, pairs] of more) found.set(name, [...(found.get(name) ?? []), ...pairs]);
    open = open.filter(({ name, limit, change }) => {
      const pairs = found.get(name) ?? [];
      if (!more.has(name) || pairs.length >= pairsMax) return false;
      const changed = change(pairs);
      if (decided(changed, limit) !== null) return false;
      return now() < deadlineAt || (changed.estimate > limit && pairs.length < PAIRS_FOR_ALARM);
    });
  } while (open.length > 0);

  const decisions = new Map<string, Decision>();
  for (const { name, limit, change, outright = false } of questions) {
    const pairs = found.get(name);
    if (pairs === undefined) continue;
    const changed = change(pairs);
    const judgement = outright ? (decided(changed, limit) ?? 'undecided') : judged(changed, limit);
    decisions.set(name, { judgement, change: changed, pairs, unconfirmed: false });
  }
  return decisions;
}
