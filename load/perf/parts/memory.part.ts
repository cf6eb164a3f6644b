import { join } from 'node:path';
import type { RunningPeer, Variant } from '../../peers/running-peer.ts';
import type { GatePart, GateRun } from '../gate-run.ts';
import { ClosedLoop } from '../measure/closed-loop.ts';
import { probed, probeReading, type MemoryReading } from '../measure/probe-reading.ts';
import { inOrder, withBoth, type Both, type Pair, type Side } from '../measure/pair.ts';
import { gateGateway, gateWorkloads } from '../measure/workloads.ts';
import { decisionResult } from '../rules/decision-result.ts';
import { absoluteChange, relativeChange } from '../statistics/change.ts';
import { untilDecided, type Question } from '../statistics/until-decided.ts';
import type { BuiltTree } from '../trees/build-tree.ts';

const MEMORY_LIMIT = 0.2;
/** Bytes more than the base that a request may leave behind: a listener or a map's entry is several times that. */
const KEPT_LIMIT_BYTES = 16;
const PAIRS_MAX = 12;
const CONNECTIONS = 32;
/** Of each workload, in one stretch. */
const REQUESTS = { whole: 2_000, quick: 1_000 };
/** Stretches, each with collections behind it, until caches, pools and compiled code are what they will be. */
const WARM_STRETCHES = 3;
/** Its buffers are held by the kernel, and it is the slowest. */
const LEFT_OUT = 'get-64k';
const MIB = 2 ** 20;

const questions: (Question & { unit: string; relative: boolean })[] = [
  { name: 'resident', unit: 'MiB', relative: true, limit: MEMORY_LIMIT, change: relativeChange },
  { name: 'held', unit: 'MiB', relative: true, limit: MEMORY_LIMIT, change: relativeChange },
  { name: 'kept', unit: 'bytes/request', relative: false, limit: KEPT_LIMIT_BYTES, change: absoluteChange },
];

/**
 * Memory after a fixed number of requests: resident, and held by the heap and its buffers after full collections; and
 * what each further request leaves behind, which is nothing unless something leaks. The clients stay connected
 * meanwhile, so that what a connection gathers is seen too.
 */
export const memoryPart: GatePart = {
  name: 'memory',
  share: 0.1,
  async run(run, time) {
    let turn = run.seed;
    const decisions = await untilDecided(questions, { ...time, pairsMax: PAIRS_MAX }, async () => onePair(run, turn++));
    return questions.flatMap(({ name, unit, relative, limit }) => {
      const decision = decisions.get(name);
      return decision === undefined
        ? []
        : [decisionResult({ rule: 'memory', subject: name, unit, relative, limit }, decision)];
    });
  },
};

interface Memory {
  resident: number;
  held: number;
  kept: number;
}

async function onePair(run: GateRun, turn: number): Promise<Map<string, Pair[]>> {
  const probeOf = (side: Side): string => join(run.bench.folder, `${side}-${turn}.sock`);
  const variantOf = (tree: BuiltTree, side: Side): Variant => gateGateway(tree, side, probed('memory', probeOf(side)));
  const found = await withBoth(run.bench, run.trees, turn, variantOf, async (running) => {
    const both: Partial<Both<Memory>> = {};
    for (const side of inOrder(turn)) both[side] = await memoryOf(run, side, running[side], probeOf(side));
    return both as Both<Memory>;
  });
  const names = ['resident', 'held', 'kept'] as const;
  const shown = names.map((name) => `${name} ${found.base[name].toFixed(1)}/${found.head[name].toFixed(1)}`);
  run.say(`memory: ${shown.join(', ')}`);
  return new Map(names.map((name) => [name, [{ base: found.base[name], head: found.head[name] }]]));
}

async function memoryOf(run: GateRun, side: Side, gateway: RunningPeer, probe: string): Promise<Memory> {
  const requests = REQUESTS[run.quick ? 'quick' : 'whole'];
  const workloads = gateWorkloads().filter(({ name }) => name !== LEFT_OUT);
  const loops = workloads.map(({ request }) => new ClosedLoop(gateway.port, CONNECTIONS, request));
  const stretch = async (): Promise<MemoryReading> => {
    for (const loop of loops) run.tallies[side].take(await loop.run(requests));
    return probeReading<MemoryReading>(probe);
  };
  try {
    for (let i = 1; i < WARM_STRETCHES; i++) await stretch();
    const before = await stretch();
    const after = await stretch();
    return {
      resident: after.rssBytes / MIB,
      held: after.heldBytes / MIB,
      kept: (after.heldBytes - before.heldBytes) / (requests * loops.length),
    };
  } finally {
    for (const loop of loops) loop.close();
  }
}
