import type { Cluster, Redis } from 'ioredis';
import { Keyv } from 'keyv';
import { MemoryKeyvStore } from './memory-keyv.store.js';
import { redisKeyv } from './redis.stores.js';

export interface TwoTierOptions {
  /** The tier that is shared; null keeps everything in memory. */
  readonly redis: Redis | Cluster | null;
  /** What the memory tier may hold, in bytes. */
  readonly bytesMax: number;
  /** Lifetime of values that are stored without one, in milliseconds. */
  readonly ttlMs: number;
  /** Stands before every key. Default `cached`. */
  readonly namespace?: string;
  /** Time after which Redis is done without, in milliseconds. Default 30. */
  readonly timeoutMs?: number;
}

/** The stores of a cache-manager cache: memory first, Redis behind it. */
export function twoTierStores(options: TwoTierOptions): Keyv[] {
  const { redis, bytesMax, ttlMs, namespace = 'cached', timeoutMs = 30 } = options;
  const memory = new Keyv({ store: new MemoryKeyvStore(bytesMax), namespace, ttl: ttlMs });
  if (redis === null) return [memory];
  return [memory, redisKeyv({ redis, namespace, timeoutMs, ttlMs }).keyv];
}
