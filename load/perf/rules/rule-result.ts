import type { Change } from '../statistics/change.ts';
import type { Judgement } from '../statistics/judgement.ts';

/** One line of the verdict: one figure of both sides, held against its limit. */
export interface RuleResult {
  /** What it is about: `cpu`, `bench`, `memory`, `latency`, `errors`. */
  rule: string;
  /** A case, a workload, a counter. */
  subject: string;
  unit: string;
  /** Typical figures; null where there were none. */
  base: number | null;
  head: number | null;
  change: Change;
  /** Whether change and limit are parts of the base, or in the unit. */
  relative: boolean;
  limit: number;
  judgement: Judgement;
  /** What a reader has to know besides. */
  note: string | null;
}

/** A line for what could not be compared, which is said and fails nothing. */
export function notComparable(
  about: Pick<RuleResult, 'rule' | 'subject' | 'unit' | 'relative' | 'limit'>,
  why: string,
): RuleResult {
  const change: Change = { estimate: NaN, low: NaN, high: NaN, surely: NaN, pairs: 0 };
  return { ...about, base: null, head: null, change, judgement: 'undecided', note: `not compared: ${why}` };
}
