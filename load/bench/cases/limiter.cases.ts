import type { Charge, Limit } from '../../../libs/rate-limit/src/index.ts';
import type { AsyncSubject, BenchCase, SyncSubject } from '../harness/bench-case.ts';
import { built } from '../harness/built.ts';
import { startRedis } from '../harness/redis.ts';

type RateLimitModule = typeof import('../../../libs/rate-limit/src/index.ts');

/** So high that one address is never refused, whatever this machine does in a second. */
const ENDLESS = { burst: 1_000_000_000, windowMs: 1_000 };
const KEYS = 10_000;
/** Addresses in all, of which KEYS come at a time. */
const ADDRESSES = 16_384;
const REDIS_KEYS = 1_024;

/** From the address of a request to the decision: hashing the key, and reading the clock, are part of it. */
export const limiterCases: readonly BenchCase[] = [
  {
    name: 'limiter/one-key',
    title: 'one address, let through',
    limit: { metric: 'nsPerOp', atMost: 150 },
    prepare: oneKey,
  },
  {
    name: 'limiter/10000-keys',
    title: '10,000 addresses at a time, of which one leaves and one comes every 8 requests',
    limit: { metric: 'nsPerOp', atMost: 250 },
    prepare: manyKeys,
  },
  {
    name: 'limiter/policies',
    title: 'three limits in one decision: address, tenant, user',
    limit: { metric: 'nsPerOp', atMost: 400 },
    prepare: policies,
  },
  { name: 'limiter/refused', title: 'one address, refused', prepare: refused },
  {
    name: 'limiter/redis',
    title: 'through Redis, 16 in flight, 1,024 addresses; floor: PING',
    limit: { metric: 'p50Us', atMost: 200 },
    prepare: throughRedis,
  },
];

async function oneKey(): Promise<SyncSubject> {
  const { limit, store, library } = await memory(ENDLESS);
  const charged = chargesOf(library, [limit]);
  const op = (i: number): number => {
    charged.address(0, '192.0.2.1');
    return store.decide(charged.charges) ? i : -1;
  };
  return admits(op);
}

async function refused(): Promise<SyncSubject> {
  const { limit, store, library } = await memory({ burst: 1, windowMs: 86_400_000 });
  const charged = chargesOf(library, [limit]);
  const op = (): number => {
    charged.address(0, '192.0.2.1');
    return store.decide(charged.charges) ? -1 : charged.charges[0].waitUs;
  };
  if (op() !== -1 || op() <= 0) throw new Error('the second request was not refused');
  return { kind: 'sync', op };
}

/** The clock goes on by a microsecond a request, as under a million a second, so that keys recover while it runs. */
async function manyKeys(): Promise<SyncSubject> {
  let nowMs = 0;
  // What reading the real clock costs belongs to the figure.
  const now = (): number => (performance.now() > 0 ? nowMs : 0);
  const { limit, store, library } = await memory({ burst: 20, windowMs: 200 }, now);
  const charged = chargesOf(library, [limit]);
  const addresses = Array.from({ length: ADDRESSES }, (_, i) => `198.18.${i >> 8}.${i & 255}`);
  const op = (i: number): number => {
    nowMs += 0.001;
    charged.address(0, addresses[((i >>> 3) + ((i * 7_919) % KEYS)) & (ADDRESSES - 1)]);
    return store.decide(charged.charges) ? i : -1;
  };
  for (let i = 0; i < KEYS * 100; i++) if (op(i) < 0) throw new Error(`request ${i} was refused`);
  const held = store.held();
  if (held < KEYS / 2 || held > KEYS * 4) throw new Error(`the store holds ${held} keys`);
  return { kind: 'sync', op };
}

async function policies(): Promise<SyncSubject> {
  const { limit, store, library } = await memory(ENDLESS);
  const charged = chargesOf(library, [limit, limit, limit]);
  const op = (i: number): number => {
    charged.address(0, '192.0.2.1');
    charged.text(1, 'acme');
    charged.text(2, 'user-4711');
    return store.decide(charged.charges) ? i : -1;
  };
  return admits(op);
}

async function throughRedis(): Promise<AsyncSubject> {
  const library = await built<RateLimitModule>('libs/rate-limit/src/index.ts');
  const { redis, close } = await startRedis();
  const store = new library.RedisStore(redis, { timeoutMs: 1_000 });
  const limit = new library.Limit({ burst: 1_000_000, windowMs: 1_000 });
  const addresses = Array.from({ length: REDIS_KEYS }, (_, i) => `198.18.${i >> 8}.${i & 255}`);
  const op = async (i: number): Promise<void> => {
    const charge = new library.Charge(0, limit);
    charge.key = library.keyText('bench', [addresses[i % REDIS_KEYS]]);
    if ((await store.decide([charge])) !== true) throw new Error('refused, or not decided');
  };
  await op(0);
  return {
    kind: 'async',
    inFlight: 16,
    op,
    floor: () => redis.ping(),
    async close() {
      store.close();
      await close();
    },
  };
}

interface Memory {
  library: RateLimitModule;
  limit: Limit;
  store: InstanceType<RateLimitModule['MemoryStore']>;
}

async function memory(settings: { burst: number; windowMs: number }, now?: () => number): Promise<Memory> {
  const library = await built<RateLimitModule>('libs/rate-limit/src/index.ts');
  return { library, limit: new library.Limit(settings), store: new library.MemoryStore({ now }) };
}

interface Charged {
  charges: Charge[];
  address(at: number, address: string): void;
  text(at: number, text: string): void;
}

/** Charges that are used again for each request, as the gateway's stage does. */
function chargesOf({ Charge, KeyHash, hashAddress }: RateLimitModule, limits: readonly Limit[]): Charged {
  const hash = new KeyHash();
  const charges = limits.map((limit, policy) => new Charge(policy, limit));
  const begin = (at: number): void => {
    hash.begin();
    hash.word(at);
  };
  const end = (at: number): void => {
    hash.end();
    charges[at].high = hash.high;
    charges[at].low = hash.low;
  };
  return {
    charges,
    address(at, address) {
      begin(at);
      hashAddress(hash, address);
      end(at);
    },
    text(at, text) {
      begin(at);
      hash.text(text);
      end(at);
    },
  };
}

function admits(op: (i: number) => number): SyncSubject {
  if (op(1) !== 1) throw new Error('a request below the limit was refused');
  return { kind: 'sync', op };
}
