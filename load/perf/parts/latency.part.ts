import { join } from 'node:path';
import { bearer, bearerToken } from '../../peers/policies/bearer-token.ts';
import type { RunningPeer, Variant } from '../../peers/running-peer.ts';
import { atRate } from '../../targets/at-rate.ts';
import type { GatePart, GateRun } from '../gate-run.ts';
import { ClosedLoop } from '../measure/closed-loop.ts';
import { inOrder, SIDES, withBoth, type Both, type Pair, type Side } from '../measure/pair.ts';
import { probed, probeReading, type PauseReading } from '../measure/probe-reading.ts';
import type { Tally } from '../measure/tally.ts';
import { gateGateway, gateWorkloads, POLICIES_PATH } from '../measure/workloads.ts';
import { decisionResult } from '../rules/decision-result.ts';
import type { RuleResult } from '../rules/rule-result.ts';
import { absoluteChange, type Change } from '../statistics/change.ts';
import { untilDecided, type Question } from '../statistics/until-decided.ts';
import type { BuiltTree } from '../trees/build-tree.ts';

/** Milliseconds that p95 may be worse. */
const P95_LIMIT_MS = 50;
/** Milliseconds that p95 may take at all: the default budget of a route. */
const P95_BUDGET_MS = 500;
/**
 * Milliseconds that p99 may be worse. At 1,000 requests a second, the event loop standing still for 20 ms once a second
 * holds up 20 requests and more: two of a hundred, which p95 does not see and p99 does.
 */
const P99_LIMIT_MS = 5;
/**
 * Milliseconds of CPU time that the longest turn of the event loop may be worse. It sees such a standstill on a busy
 * machine too, where p99 is anybody's.
 */
const PAUSE_LIMIT_MS = 6;
const RATE = 1_000;
/** Long enough for what comes once a second. */
const SECONDS = { whole: 2, quick: 1.2 };
const SETTLE_SECONDS = 0.3;
const WARM_REQUESTS = 5_000;
const CONNECTIONS = 32;
const PAIRS_MAX = 20;

const questions: Question[] = [
  { name: 'p95', limit: P95_LIMIT_MS, change: absoluteChange },
  { name: 'p99', limit: P99_LIMIT_MS, change: absoluteChange },
  { name: 'pause', limit: PAUSE_LIMIT_MS, change: absoluteChange },
  { name: 'p95 itself', limit: P95_BUDGET_MS, change: headAlone, outright: true },
];

/** Of the rounds in which the base kept the budget: in the others it was the machine. */
function headAlone(pairs: readonly Pair[]): Change {
  const telling = pairs.filter(({ base }) => base <= P95_BUDGET_MS);
  return absoluteChange(telling.map(({ head }) => ({ base: 0, head })));
}

/** Latency at 1,000 requests a second in an open loop, with every policy, and what keeps the event loop. */
export const latencyPart: GatePart = {
  name: 'latency',
  share: 0.12,
  async run(run, time) {
    let turn = run.seed;
    const decisions = await untilDecided(questions, { ...time, pairsMax: PAIRS_MAX }, () => somePairs(run, turn++));
    return questions.flatMap(({ name, limit }): RuleResult[] => {
      const decision = decisions.get(name);
      if (decision === undefined) return [];
      return [decisionResult({ rule: 'latency', subject: name, unit: 'ms', relative: false, limit }, decision)];
    });
  },
};

/** Pairs on one pair of processes: how one process differs from the next is far below these limits. */
const PAIRS_AT_ONCE = 5;

type Latency = Record<'p95' | 'p99' | 'pause', number>;

async function somePairs(run: GateRun, turn: number): Promise<Map<string, Pair[]>> {
  const { bench, quick } = run;
  const headers = { ...bearer(bearerToken()), origin: 'https://app.example.com' };
  const load = {
    path: POLICIES_PATH,
    rate: RATE,
    headers,
    status: 200,
    seconds: SECONDS[quick ? 'quick' : 'whole'],
    settleSeconds: SETTLE_SECONDS,
  };
  const probeOf = (side: Side): string => join(bench.folder, `pause-${side}-${turn}.sock`);
  const variantOf = (tree: BuiltTree, side: Side): Variant => gateGateway(tree, side, probed('pause', probeOf(side)));
  return withBoth(bench, run.trees, turn, variantOf, async (running) => {
    for (const side of SIDES) await warmUp(running[side], run.tallies[side]);
    const found: Both<Latency>[] = [];
    for (let i = 0; i < PAIRS_AT_ONCE; i++) {
      const pair: Partial<Both<Latency>> = {};
      for (const side of inOrder(turn + i)) {
        await probeReading<PauseReading>(probeOf(side));
        const { p95Ms, p99Ms, errorsCount } = await atRate(bench, running[side], load);
        const { longestMs } = await probeReading<PauseReading>(probeOf(side));
        run.tallies[side].takeCounts(load.seconds * RATE, errorsCount);
        pair[side] = { p95: p95Ms, p99: p99Ms, pause: longestMs };
      }
      found.push(pair as Both<Latency>);
    }
    const pairsOf = (metric: keyof Latency): Pair[] =>
      found.map(({ base, head }) => ({ base: base[metric], head: head[metric] }));
    for (const metric of ['p95', 'p99', 'pause'] as const) {
      const shown = pairsOf(metric).map(({ base, head }) => `${base.toFixed(1)}/${head.toFixed(1)}`);
      run.say(`latency ${metric}: ${shown.join(' ')} ms`);
    }
    const p95 = pairsOf('p95');
    return new Map([
      ['p95', p95],
      ['p99', pairsOf('p99')],
      ['pause', pairsOf('pause')],
      ['p95 itself', p95],
    ]);
  });
}

async function warmUp(gateway: RunningPeer, tally: Tally): Promise<void> {
  const { request } = gateWorkloads().find(({ name }) => name === 'policies')!;
  const loop = new ClosedLoop(gateway.port, CONNECTIONS, request);
  tally.take(await loop.run(WARM_REQUESTS));
  loop.close();
}
