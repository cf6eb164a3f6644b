import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BenchCase, SyncSubject } from '../harness/bench-case.ts';
import { built } from '../harness/built.ts';
import { workerRegions } from '../harness/worker-regions.ts';

type RateLimitModule = typeof import('../../../libs/rate-limit/src/index.ts');

const ENDLESS = { burst: 1_000_000_000, windowMs: 1_000 };
const NEIGHBOUR = new URL('../harness/limiter-neighbour.ts', import.meta.url);
const KEYS = 10_000;
const atMost60 = { metric: 'nsPerOp', atMost: 60 } as const;

/** One limit of one key, whose hash is there and whose clock stands still: what the cell itself takes. */
export const limiterCellCases: readonly BenchCase[] = [
  {
    name: 'limiter/cell',
    title: 'the cell alone, in memory of its own',
    limit: atMost60,
    prepare: () => cell({ sharing: false, keys: 1 }),
  },
  {
    name: 'limiter/shared-cell',
    title: 'the cell alone, in the memory of two workers of which the other rests',
    limit: atMost60,
    prepare: () => cell({ sharing: true, keys: 1 }),
  },
  {
    name: 'limiter/across-workers',
    title: `${KEYS} keys, while another worker asks for the same ones all the time`,
    prepare: () => besideAnother(KEYS),
  },
  {
    name: 'limiter/across-workers-one-key',
    title: 'one key, while another worker asks for it all the time',
    prepare: () => besideAnother(1),
  },
];

async function cell({
  sharing,
  keys,
  regions = new Map(),
}: {
  sharing: boolean;
  keys: number;
  regions?: Map<string, SharedArrayBuffer>;
}): Promise<SyncSubject> {
  const { Charge, Limit, MemoryStore } = await built<RateLimitModule>('libs/rate-limit/src/index.ts');
  const memory = sharing ? workerRegions(regions, 2, 0) : null;
  const store = new MemoryStore({ now: () => 1_000, memory });
  const charges = [new Charge(0, new Limit(ENDLESS))];
  const op = (i: number): number => {
    charges[0].high = charges[0].low = Math.imul(i % keys, 0x9e3779b1);
    return store.decide(charges) ? i : -1;
  };
  if (op(1) !== 1) throw new Error('a request below the limit was refused');
  return { kind: 'sync', op };
}

async function besideAnother(keys: number): Promise<SyncSubject> {
  const regions = new Map<string, SharedArrayBuffer>();
  const { op } = await cell({ sharing: true, keys, regions });
  const neighbour = new Worker(NEIGHBOUR, { workerData: { regions, keys, settings: ENDLESS } });
  await once(neighbour, 'message');
  return { kind: 'sync', op, close: async () => void (await neighbour.terminate()) };
}
