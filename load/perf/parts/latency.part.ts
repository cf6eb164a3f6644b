import { bearer, bearerToken } from '../../peers/policies/bearer-token.ts';
import type { Measurement } from '../../peers/workloads/workload.ts';
import { atRate } from '../../targets/at-rate.ts';
import type { GatePart, GateRun } from '../gate-run.ts';
import { inOrder, withBoth, type Both, type Pair } from '../measure/pair.ts';
import { gateGateway, POLICIES_PATH } from '../measure/workloads.ts';
import { decisionResult } from '../rules/decision-result.ts';
import type { RuleResult } from '../rules/rule-result.ts';
import { absoluteChange } from '../statistics/change.ts';
import { untilDecided } from '../statistics/until-decided.ts';

/** Milliseconds that p95 may be worse. */
export const P95_LIMIT_MS = 50;
/** Milliseconds that p95 may take at all: the default budget of a route. */
export const P95_BUDGET_MS = 500;
/**
 * Milliseconds that p99 may be worse. At 1,000 requests a second, the event loop standing still for 20 ms once a second
 * holds up 20 requests and more: two of a hundred, which p95 does not see and p99 does.
 */
export const P99_LIMIT_MS = 5;
const RATE = 1_000;
const SECONDS = { whole: 2, quick: 1.5 };
const PAIRS_AT_ONCE = 5;
const PAIRS_MAX = 20;

/** Latency at 1,000 requests a second in an open loop, with every policy. */
export const latencyPart: GatePart = {
  name: 'latency',
  share: 0.12,
  async run(run, time) {
    let turn = run.seed;
    const questions = [
      { name: 'p95', limit: P95_LIMIT_MS, change: absoluteChange },
      { name: 'p99', limit: P99_LIMIT_MS, change: absoluteChange },
      {
        name: 'p95 of the head',
        limit: P95_BUDGET_MS,
        change: (pairs: readonly Pair[]) => absoluteChange(pairs.map(({ head }) => ({ base: 0, head }))),
      },
    ];
    const decisions = await untilDecided(questions, { ...time, pairsMax: PAIRS_MAX }, () => somePairs(run, turn++));
    return questions.flatMap(({ name, limit }): RuleResult[] => {
      const decision = decisions.get(name);
      if (decision === undefined) return [];
      return [decisionResult({ rule: 'latency', subject: name, unit: 'ms', relative: false, limit }, decision)];
    });
  },
};

async function somePairs(run: GateRun, turn: number): Promise<Map<string, Pair[]>> {
  const { bench, quick } = run;
  const headers = { ...bearer(bearerToken()), origin: 'https://app.example.com' };
  const load = { path: POLICIES_PATH, rate: RATE, headers, status: 200 };
  return withBoth(bench, run.trees, turn, gateGateway, async (running) => {
    const found: Both<Measurement>[] = [];
    for (let i = -1; i < PAIRS_AT_ONCE; i++) {
      const pair: Partial<Both<Measurement>> = {};
      for (const side of inOrder(turn + i)) {
        const seconds = quick ? SECONDS.quick : SECONDS.whole;
        const measured = await atRate(bench, running[side], { ...load, seconds });
        run.tallies[side].takeCounts(seconds * RATE, measured.errorsCount);
        pair[side] = measured;
      }
      // The first one warms up.
      if (i >= 0) found.push(pair as Both<Measurement>);
    }
    const pairsOf = (metric: string): Pair[] =>
      found.map(({ base, head }) => ({ base: base[metric], head: head[metric] }));
    const show = (metric: string): string =>
      pairsOf(metric)
        .map(({ base, head }) => `${base.toFixed(1)}/${head.toFixed(1)}`)
        .join(' ');
    run.say(`latency: p95 ${show('p95Ms')}; p99 ${show('p99Ms')} ms`);
    return new Map([
      ['p95', pairsOf('p95Ms')],
      ['p99', pairsOf('p99Ms')],
      ['p95 of the head', pairsOf('p95Ms')],
    ]);
  });
}
