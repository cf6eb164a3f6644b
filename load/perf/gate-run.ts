import type { Bench } from '../peers/bench.ts';
import type { Both } from './measure/pair.ts';
import type { Tally } from './measure/tally.ts';
import type { RuleResult } from './rules/rule-result.ts';
import type { BuiltTree } from './trees/build-tree.ts';

/** What every part of the gate gets. */
export interface GateRun {
  bench: Bench;
  trees: Both<BuiltTree>;
  tallies: Both<Tally>;
  /** What others took of the gateways' core, slice by slice. */
  othersPercent: number[];
  quick: boolean;
  /** Adds to the turns: with another seed, the other side begins. */
  seed: number;
  say(text: string): void;
}

/** How long a part may take: see {@link import('./statistics/until-decided.ts').Effort}. */
export interface PartTime {
  deadlineAt: number;
  confirmMs: number;
}

/** One part of the gate, such as the benches: what `--only` names. */
export interface GatePart {
  name: PartName;
  /** Of the time limit. */
  share: number;
  run(run: GateRun, time: PartTime): Promise<RuleResult[]>;
}

export const PART_NAMES = ['bench', 'cpu', 'memory', 'latency', 'errors'] as const;
export type PartName = (typeof PART_NAMES)[number];
