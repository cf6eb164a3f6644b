import { KeyvAdapter, type CacheManagerStore } from 'cache-manager';
import { redisInsStore } from 'cache-manager-ioredis-yet';
import type { Cluster, Redis } from 'ioredis';
import { Keyv } from 'keyv';
import { BoundedStore } from './bounded.store.js';

type Connection = Redis | Cluster;

export interface RedisStoreOptions {
  readonly redis: Connection;
  /** Stands before every key, behind the prefix of the connection. */
  readonly namespace: string;
  /** Time after which Redis is done without, in milliseconds. */
  readonly timeoutMs: number;
  /** What a key without a time to live gets, in milliseconds: no key lives for ever. */
  readonly ttlMs: number;
  /** Failures reject instead of looking like a miss. */
  readonly throwOnErrors?: boolean;
}

/** The Redis tier as cache-manager has it: bounded in time, and never flushed. */
export function redisKeyv(options: RedisStoreOptions): { keyv: Keyv; bounded: BoundedStore } {
  const { redis, namespace, timeoutMs, ttlMs, throwOnErrors = false } = options;
  // Written for another major of cache-manager, whose store it matches but for a name.
  const store = redisInsStore(suspicious(redis), { ttl: ttlMs }) as unknown as CacheManagerStore;
  const bounded = new BoundedStore(new KeyvAdapter(store), { timeoutMs, isReady: () => redis.status === 'ready' });
  return { keyv: new Keyv({ store: bounded, namespace, ttl: ttlMs, throwOnErrors, emitErrors: false }), bounded };
}

/**
 * cache-manager-ioredis-yet reads values with telejson, which evaluates strings that begin with `_function_`: whoever
 * can write to Redis could run code here. All that we write is one JSON string that Keyv has made, so that anything else
 * is taken as missing.
 */
function suspicious(redis: Connection): Connection {
  return new Proxy(redis, {
    get(target, name): unknown {
      if (name === 'get') return async (key: string) => trusted(await target.get(key));
      if (name === 'mget') return async (keys: string[]) => (await target.mget(keys)).map((text) => trusted(text));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function trusted(text: string | null): string | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' && value.startsWith('{"value":') ? text : null;
  } catch {
    return null;
  }
}
