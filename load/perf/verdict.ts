import type { Environment } from '../peers/measure/environment.ts';
import type { RuleResult } from './rules/rule-result.ts';
import type { Both } from './measure/pair.ts';

/** What a comparison came to. */
export interface Verdict {
  /** A rule is `worse`: the head is slower, hungrier or worse behaved than the base. */
  regression: boolean;
  results: RuleResult[];
  /** Rules that the time limit left with too few pairs to say anything: without a regression, there is no verdict. */
  unmeasured: number;
  /** What each side is. */
  labels: Both<string>;
  /** What a reader has to know: a dirty tree, a busy machine. */
  notes: string[];
  startedAt: string;
  seconds: number;
  quick: boolean;
  seed: number;
  environment: Environment;
}
