import { cases } from '../../bench/cases/all.ts';
import { median } from '../../bench/harness/median.ts';
import type { Plan } from '../../bench/harness/figures.ts';
import { runCase } from '../../bench/run-case.ts';
import type { GatePart, GateRun } from '../gate-run.ts';
import { inOrder, type Pair } from '../measure/pair.ts';
import { decisionResult } from '../rules/decision-result.ts';
import { notComparable, type RuleResult } from '../rules/rule-result.ts';
import { relativeChange } from '../statistics/change.ts';
import { untilDecided, type Question } from '../statistics/until-decided.ts';

const BENCH_LIMIT = 0.1;
const PAIRS_MAX = 20;
/** Short processes: how much one differs from the next is what there is to learn. */
const PLAN: Plan = { rounds: 24, sampleMs: 1, warmUpMs: 250 };
/** Another library's cost, what Redis takes, and pauses (which the gate looks for in the whole gateway). */
const LEFT_OUT = /opossum|manager|redis|pause/;
/** One for each lane of the request's path. */
const QUICK = new Set(['limiter/policies', 'breaker/call', 'token/recall', 'cache/hit', 'head/read', 'route/1000']);

/** Single operations, each round in processes of its own: one of the base and one of the head, in turns. */
export const benchPart: GatePart = {
  name: 'bench',
  share: 0.35,
  async run(run, time) {
    const names = cases.map(({ name }) => name).filter((name) => (run.quick ? QUICK.has(name) : !LEFT_OUT.test(name)));
    const failures = new Map<string, string>();
    let turn = run.seed;
    const questions = names.map((name): Question => ({ name, limit: BENCH_LIMIT, change: relativeChange }));
    const decisions = await untilDecided(questions, { ...time, pairsMax: PAIRS_MAX }, async (open) => {
      const found = new Map<string, Pair[]>();
      for (const name of open) {
        const pair = await onePair(run, name, turn);
        if (typeof pair === 'string') failures.set(name, pair);
        else found.set(name, [pair]);
      }
      turn++;
      run.say(`bench: ${found.size} cases once more`);
      return found;
    });
    return names.map((subject): RuleResult => {
      const about = { rule: 'bench', subject, unit: 'ns/op', relative: true, limit: BENCH_LIMIT };
      const failure = failures.get(subject);
      const decision = decisions.get(subject);
      if (failure !== undefined || decision === undefined) return notComparable(about, failure ?? 'not measured');
      return decisionResult(about, decision);
    });
  },
};

/** A pair, or why there is none: a case that is new with the head fails on the base. */
async function onePair({ bench, trees }: GateRun, name: string, turn: number): Promise<Pair | string> {
  const pair: Partial<Pair> = {};
  for (const side of inOrder(turn)) {
    const order = { name, plan: PLAN, cpuProfiles: null, heapProfiles: null };
    const outcome = await runCase(order, { build: trees[side].folder, core: bench.cores.peer });
    if ('failure' in outcome) return `${side}: ${outcome.failure.split('\n')[0]}`;
    const { nsPerOp, floorNsPerOp } = outcome.figures;
    // The floor belongs to it: what costs next to nothing over the floor would double by a breath.
    pair[side] = median(nsPerOp) + median(floorNsPerOp);
  }
  return pair as Pair;
}
