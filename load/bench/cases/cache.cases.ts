import type { StoredFacts } from '../../../libs/cache/src/index.ts';
import type { AsyncSubject, BenchCase, SyncSubject } from '../harness/bench-case.ts';
import { built } from '../harness/built.ts';
import { startRedis } from '../harness/redis.ts';

type CacheModule = typeof import('../../../libs/cache/src/index.ts');
type MemoryKeyvModule = typeof import('../../../libs/cache/src/core/memory-keyv.store.ts');

const KEYS = 1_024;
const BODY_BYTES = 1_024;
const MEMORY_BYTES = 64 << 20;
const ROUTE = 'users';

/** Replies of 1 KiB, found and stored. */
export const cacheCases: readonly BenchCase[] = [
  {
    name: 'cache/hit',
    title: 'a fresh reply from memory, of 1,024: key, look-up, selection',
    limit: { metric: 'nsPerOp', atMost: 1_000 },
    prepare: hit,
  },
  { name: 'cache/set', title: 'store a reply in memory, in the place of one of 1,024', prepare: set },
  {
    name: 'cache/manager-hit',
    title: 'a value from memory through cache-manager, as controllers ask for it',
    prepare: managerHit,
  },
  {
    name: 'cache/redis-get',
    title: 'a value of 1 KiB from Redis, 16 in flight; floor: PING',
    limit: { metric: 'p50Us', atMost: 200 },
    prepare: () => throughRedis((keyv, _, i) => keyv.get(`key-${i % KEYS}`)),
  },
  {
    name: 'cache/redis-set',
    title: 'a value of 1 KiB to Redis, 16 in flight; floor: PING',
    limit: { metric: 'p50Us', atMost: 200 },
    prepare: () => throughRedis((keyv, value, i) => keyv.set(`key-${i % KEYS}`, value, 60_000)),
  },
];

async function hit(): Promise<SyncSubject> {
  const library = await built<CacheModule>('libs/cache/src/index.ts');
  const { ResponseStore, entryKey, selectResponse, uriKey } = library;
  const store = new ResponseStore(MEMORY_BYTES);
  const fields = ['accept', 'application/json', 'accept-encoding', 'gzip'];
  const paths = Array.from({ length: KEYS }, (_, i) => `/api/v1/users/${i}`);
  const uriOf = (i: number): string => uriKey('http', 'api.example.com', 'api.example.com', paths[i % KEYS], '');
  for (let i = 0; i < KEYS; i++) store.put(entryKey(uriOf(i), ROUTE, ''), uriOf(i), ROUTE, responseOf(library));
  const op = (i: number): number => {
    const resource = store.get(entryKey(uriOf(i), ROUTE, ''));
    const response = resource === undefined ? undefined : selectResponse(resource, fields);
    const nowMs = Date.now();
    return response !== undefined && response.isFresh(nowMs) ? response.body.length + response.ageS(nowMs) : -1;
  };
  for (let i = 0; i < KEYS; i++) if (op(i) < BODY_BYTES) throw new Error(`reply ${i} is not found`);
  return { kind: 'sync', op };
}

async function set(): Promise<SyncSubject> {
  const library = await built<CacheModule>('libs/cache/src/index.ts');
  const { ResponseStore, entryKey } = library;
  const store = new ResponseStore(MEMORY_BYTES);
  const uris = Array.from({ length: KEYS }, (_, i) => `http://api.example.com/api/v1/users/${i}`);
  const op = (i: number): number => {
    const uri = uris[i % KEYS];
    store.put(entryKey(uri, ROUTE, ''), uri, ROUTE, responseOf(library));
    return store.size;
  };
  for (let i = 0; i < KEYS; i++) op(i);
  if (store.size !== KEYS) throw new Error(`the store holds ${store.size} replies`);
  return { kind: 'sync', op };
}

async function managerHit(): Promise<AsyncSubject> {
  const { MemoryKeyvStore } = await built<MemoryKeyvModule>('libs/cache/src/core/memory-keyv.store.ts');
  const [{ createCache }, { Keyv }] = await Promise.all([import('cache-manager'), import('keyv')]);
  const cache = createCache({ stores: [new Keyv({ store: new MemoryKeyvStore(MEMORY_BYTES) })] });
  const value = 'x'.repeat(BODY_BYTES);
  for (let i = 0; i < KEYS; i++) await cache.set(`key-${i}`, value, 600_000);
  if ((await cache.get('key-7')) !== value) throw new Error('the value is not found');
  return { kind: 'async', inFlight: 1, op: (i) => cache.get(`key-${i % KEYS}`) };
}

type Command = (keyv: ReturnType<CacheModule['redisKeyv']>['keyv'], value: string, i: number) => Promise<unknown>;

async function throughRedis(command: Command): Promise<AsyncSubject> {
  const { redisKeyv } = await built<CacheModule>('libs/cache/src/index.ts');
  const server = await startRedis();
  const { redis } = server;
  const { keyv } = redisKeyv({ redis, namespace: 'bench', timeoutMs: 1_000, ttlMs: 60_000, throwOnErrors: true });
  const value = 'x'.repeat(BODY_BYTES);
  for (let i = 0; i < KEYS; i++) await keyv.set(`key-${i}`, value, 600_000);
  if ((await keyv.get('key-7')) !== value) throw new Error('the value did not come back');
  return {
    kind: 'async',
    inFlight: 16,
    op: (i) => command(keyv, value, i),
    floor: () => redis.ping(),
    async close() {
      await keyv.disconnect();
      await server.close();
    },
  };
}

const body = new Uint8Array(BODY_BYTES).fill(120);

function responseOf({ StoredResponse }: CacheModule): InstanceType<CacheModule['StoredResponse']> {
  const nowMs = Date.now();
  const facts: StoredFacts = {
    status: 200,
    fields: ['content-type', 'application/json', 'cache-control', 'public, max-age=3600', 'etag', '"v1"'],
    bornAtMs: nowMs,
    freshUntilMs: nowMs + 3_600_000,
    alwaysValidate: false,
    neverStale: false,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
    forEverybody: true,
    selecting: [],
    values: '',
    groups: [],
  };
  return new StoredResponse(facts, body);
}
