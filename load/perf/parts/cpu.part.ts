import type { RunningPeer } from '../../peers/running-peer.ts';
import { spread } from '../../peers/measure/spread.ts';
import type { GatePart, GateRun } from '../gate-run.ts';
import { ClosedLoop } from '../measure/closed-loop.ts';
import { inOrder, SIDES, withBoth, type Both, type Pair } from '../measure/pair.ts';
import { slice, type Slice } from '../measure/slice.ts';
import { gateGateway, gateWorkloads, type GateWorkload } from '../measure/workloads.ts';
import { decisionResult } from '../rules/decision-result.ts';
import { relativeChange } from '../statistics/change.ts';
import { untilDecided } from '../statistics/until-decided.ts';

const CPU_LIMIT = 0.05;
const CONNECTIONS = 32;
const PAIRS_MAX = 24;
/** Slices of each side on one pair of processes, and which part of the workload's own is one. */
const SLICES = { whole: { count: 4, part: 1 }, quick: { count: 2, part: 0.5 } };
/** A gateway is warm when a slice costs what the one before it did, or after so many. */
const WARM_WITHIN = 0.05;
const WARM_SLICES = { least: 2, most: 5 };
/** Others on the gateway's core leave traces in its caches: such a pair is measured again. */
const DISTURBED_PERCENT = 10;
const TRIES = 3;

/**
 * CPU time of a request. Both gateways run side by side, the idle one costs nothing, and take turns in slices of a
 * fraction of a second. What differs from process to process (where code lies, what V8 decides to inline) is noise too:
 * each pair of processes is one witness, however many slices it gave.
 */
export const cpuPart: GatePart = {
  name: 'cpu',
  share: 0.35,
  async run(run, time) {
    const workloads = gateWorkloads();
    let turn = run.seed;
    const questions = workloads.map(({ name }) => ({ name, limit: CPU_LIMIT, change: relativeChange }));
    const decisions = await untilDecided(questions, { ...time, pairsMax: PAIRS_MAX }, (names) =>
      onePairOfProcesses(
        run,
        turn++,
        workloads.filter(({ name }) => names.includes(name)),
      ),
    );
    return [...decisions].map(([name, decision]) =>
      decisionResult({ rule: 'cpu', subject: name, unit: 'us/request', relative: true, limit: CPU_LIMIT }, decision),
    );
  },
};

function onePairOfProcesses(
  run: GateRun,
  turn: number,
  workloads: readonly GateWorkload[],
): Promise<ReadonlyMap<string, readonly Pair[]>> {
  return withBoth(
    run.bench,
    run.trees,
    turn,
    (tree, side) => gateGateway(tree, side),
    async (running) => {
      const found = new Map<string, Pair[]>();
      for (const workload of workloads) {
        const measure = measureOf(run, running, workload);
        await warmUp(measure, turn);
        const pairs: Both<Slice>[] = [];
        for (let i = 0; i < slicesOf(run).count; i++)
          pairs.push(await undisturbed(run, () => bothOnce(measure, turn + i)));
        const pair = typical(pairs);
        found.set(workload.name, [pair]);
        run.say(`cpu ${workload.name}: base ${pair.base.toFixed(1)}, head ${pair.head.toFixed(1)} us`);
        measure.close();
      }
      return found;
    },
  );
}

interface Measure {
  once(side: 'base' | 'head'): Promise<Slice>;
  close(): void;
}

function slicesOf({ quick }: GateRun): { count: number; part: number } {
  return SLICES[quick ? 'quick' : 'whole'];
}

function measureOf(run: GateRun, running: Both<RunningPeer>, workload: GateWorkload): Measure {
  const loops: Both<ClosedLoop> = {
    base: new ClosedLoop(running.base.port, CONNECTIONS, workload.request),
    head: new ClosedLoop(running.head.port, CONNECTIONS, workload.request),
  };
  const requests = Math.round(workload.slice * slicesOf(run).part);
  return {
    once: (side) => slice(run, side, running[side], { loop: loops[side], requests }),
    close: () => SIDES.forEach((side) => loops[side].close()),
  };
}

/** Both sides the same number of slices, until both are steady. */
async function warmUp(measure: Measure, turn: number): Promise<void> {
  let before: Both<Slice> | null = null;
  for (let i = 0; i < WARM_SLICES.most; i++) {
    const now = await bothOnce(measure, turn + i);
    if (
      i + 1 >= WARM_SLICES.least &&
      before !== null &&
      isSteady(before.base, now.base) &&
      isSteady(before.head, now.head)
    ) {
      return;
    }
    before = now;
  }
}

function isSteady(before: Slice, now: Slice): boolean {
  return Math.abs(now.cpuUsPerRequest / before.cpuUsPerRequest - 1) < WARM_WITHIN;
}

async function bothOnce(measure: Measure, turn: number): Promise<Both<Slice>> {
  const found: Partial<Both<Slice>> = {};
  for (const side of inOrder(turn)) found[side] = await measure.once(side);
  return found as Both<Slice>;
}

/**
 * Again, when others were busy for a while; where they always are, once more would be no better. The choice looks at
 * their time only, never at the gateways' own, so it favours no figure.
 */
async function undisturbed(run: GateRun, measure: () => Promise<Both<Slice>>): Promise<Both<Slice>> {
  let best = await measure();
  for (let tries = 1; tries < TRIES && othersPercent(best) > DISTURBED_PERCENT; tries++) {
    if (spread(run.othersPercent)!.median > DISTURBED_PERCENT) break;
    const again = await measure();
    if (othersPercent(again) < othersPercent(best)) best = again;
  }
  return best;
}

function othersPercent({ base, head }: Both<Slice>): number {
  return Math.max(base.othersPercent, head.othersPercent);
}

/** Neighbours in time share the machine's mood: the median ratio of neighbours, on a typical base. */
function typical(pairs: readonly Both<Slice>[]): Pair {
  const base = spread(pairs.map((pair) => pair.base.cpuUsPerRequest))!.median;
  const ratio = spread(pairs.map((pair) => pair.head.cpuUsPerRequest / pair.base.cpuUsPerRequest))!.median;
  return { base, head: base * ratio };
}
