import { spread } from '../../peers/measure/spread.ts';
import type { Decision } from '../statistics/until-decided.ts';
import type { RuleResult } from './rule-result.ts';

/** What a decision on pairs says as a line of the verdict. */
export function decisionResult(
  about: Pick<RuleResult, 'rule' | 'subject' | 'unit' | 'relative' | 'limit'>,
  { judgement, change, pairs, unconfirmed }: Decision,
): RuleResult {
  return {
    ...about,
    base: spread(pairs.map(({ base }) => base))?.median ?? null,
    head: spread(pairs.map(({ head }) => head))?.median ?? null,
    change,
    judgement,
    note: unconfirmed ? 'a second series did not confirm it' : null,
  };
}
