import type { Pair } from '../measure/pair.ts';
import type { RuleResult } from './rule-result.ts';

/** What is counted, and what the head may have more than the base. */
export interface CountRule {
  subject: string;
  unit: string;
  /** A part of the base's count. */
  part: number;
  /** In the unit, added to it. */
  besides: number;
}

/**
 * Holds one count against its rule, or against a limit of its own that does not depend on the base.
 */
export function countResult(
  rule: string,
  { subject, unit, part, besides }: CountRule,
  { base, head }: Pair,
  most?: number,
): RuleResult {
  const more = head - base;
  const worse = most === undefined ? more > base * part + besides : head > most;
  return {
    rule,
    subject,
    unit,
    base,
    head,
    change: { estimate: more, low: more, high: more, surely: more, pairs: 1 },
    relative: false,
    limit: most ?? base * part + besides,
    judgement: Number.isNaN(more) ? 'undecided' : worse ? 'worse' : 'ok',
    note: Number.isNaN(more) ? 'not compared: there is no such count' : null,
  };
}
