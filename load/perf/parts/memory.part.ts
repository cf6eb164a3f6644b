import { join } from 'node:path';
import { fromRoot } from '../../peers/peers/peer.ts';
import type { RunningPeer } from '../../peers/running-peer.ts';
import type { GatePart, GateRun } from '../gate-run.ts';
import { ClosedLoop } from '../measure/closed-loop.ts';
import { memoryReading, type MemoryReading } from '../measure/memory-reading.ts';
import { inOrder, withBoth, type Both, type Pair } from '../measure/pair.ts';
import { gateGateway, gateWorkloads } from '../measure/workloads.ts';
import { decisionResult } from '../rules/decision-result.ts';
import { absoluteChange, relativeChange } from '../statistics/change.ts';
import { untilDecided, type Question } from '../statistics/until-decided.ts';

export const RSS_LIMIT = 0.2;
/** Bytes more than the base that a request may leave behind: a listener or a map's entry is several times that. */
export const KEPT_LIMIT = 16;
const PAIRS_MAX = 12;
const CONNECTIONS = 32;
/** Of each workload: until the caches, pools and compiled code are there, and then what is looked at. */
const REQUESTS = { first: 3_000, then: 5_000 };
const PROBE = fromRoot('load/perf/measure/memory.probe.ts');

const questions: (Question & { unit: string; relative: boolean })[] = [
  { name: 'resident', unit: 'MiB', relative: true, limit: RSS_LIMIT, change: relativeChange },
  { name: 'kept', unit: 'bytes/request', relative: false, limit: KEPT_LIMIT, change: absoluteChange },
];

/**
 * Memory after a fixed number of requests, and what each further request leaves behind after a full collection: nothing,
 * unless something leaks. The clients stay connected meanwhile, so that what a connection gathers is seen too.
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

async function onePair(run: GateRun, turn: number): Promise<Map<string, Pair[]>> {
  const probes = {
    base: join(run.bench.folder, `base-${turn}.sock`),
    head: join(run.bench.folder, `head-${turn}.sock`),
  };
  const variantOf: Parameters<typeof withBoth>[3] = (tree, side) =>
    gateGateway(tree, side, ['--expose-gc', '--import', PROBE], { PERF_PROBE: probes[side] });
  const found: Partial<Both<{ rss: number; kept: number }>> = {};
  await withBoth(run.bench, run.trees, turn, variantOf, async (running) => {
    for (const side of inOrder(turn)) {
      const [before, after, requests] = await readTwice(run, running[side], probes[side], side);
      found[side] = {
        rss: after.rssBytes / 2 ** 20,
        kept: (after.heldBytes - before.heldBytes) / requests,
      };
    }
  });
  const { base, head } = found as Both<{ rss: number; kept: number }>;
  run.say(
    `memory: resident ${base.rss.toFixed(0)}, ${head.rss.toFixed(0)} MiB; kept ${base.kept.toFixed(1)}, ${head.kept.toFixed(1)} bytes/request`,
  );
  return new Map([
    ['resident', [{ base: base.rss, head: head.rss }]],
    ['kept', [{ base: base.kept, head: head.kept }]],
  ]);
}

async function readTwice(
  run: GateRun,
  gateway: RunningPeer,
  probe: string,
  side: 'base' | 'head',
): Promise<[before: MemoryReading, after: MemoryReading, requests: number]> {
  const loops = gateWorkloads().map(({ request }) => new ClosedLoop(gateway.port, CONNECTIONS, request));
  const ask = async (requests: number): Promise<void> => {
    for (const loop of loops) run.tallies[side].take(await loop.run(requests));
  };
  try {
    await ask(REQUESTS.first);
    const before = await memoryReading(probe);
    await ask(REQUESTS.then);
    return [before, await memoryReading(probe), REQUESTS.then * loops.length];
  } finally {
    for (const loop of loops) loop.close();
  }
}
