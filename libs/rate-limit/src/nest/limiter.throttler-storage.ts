import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Charge } from '../core/charge.js';
import { KeyHash } from '../core/key-hash.js';
import { keyText } from '../core/key-text.js';
import { Limit, WINDOW_MS_MAX, type Algorithm } from '../core/limit.js';
import { MemoryStore } from '../core/memory.store.js';
import { RedisStore, type ScriptConnection } from '../core/redis.store.js';
import { RATE_LIMIT_OPTIONS } from './rate-limit.constants.js';

type ThrottlerStorageRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

export interface RateLimitStorageOptions {
  /** Default `gcra`. */
  readonly algorithm?: Algorithm;
  /** Keys in memory that are told apart at once. Default 65,536. */
  readonly keysMax?: number;
  /** Connection to the Redis that processes share their limits through. Default: none, limits are in memory. */
  readonly redis?: ScriptConnection | null;
  /** Time after which a decision of Redis is not waited for, in milliseconds. Default 20. */
  readonly storeTimeoutMs?: number;
  /** What happens while Redis gives no decision. Default `local`: limit in memory. */
  readonly onStoreFailure?: 'allow' | 'deny' | 'local';
  /** For tests: a clock in milliseconds for the limits in memory. */
  readonly now?: () => number;
}

/** Different limits that are kept ready; an app with more has limits that are computed, and they are made anew. */
const LIMITS_MAX = 1_024;
const MS_PER_S = 1_000;
const US_PER_S = 1_000_000;

/**
 * Lets the guard of `@nestjs/throttler` decide by the limits of this library: `limit` requests at once, and as many in
 * `ttl` milliseconds. A refused request puts nothing off, so that `blockDuration` has no meaning here and is not used.
 */
@Injectable()
export class LimiterThrottlerStorage implements ThrottlerStorage, OnModuleDestroy {
  private readonly hash = new KeyHash();
  private readonly memory: MemoryStore;
  private readonly redis: RedisStore | null;
  private readonly limits = new Map<string, Limit>();

  constructor(@Inject(RATE_LIMIT_OPTIONS) private readonly options: RateLimitStorageOptions) {
    const { keysMax, now, redis, storeTimeoutMs } = options;
    this.memory = new MemoryStore({ keysMax, now });
    this.redis = redis == null ? null : new RedisStore(redis, { timeoutMs: storeTimeoutMs });
  }

  onModuleDestroy(): void {
    this.redis?.close();
  }

  async increment(
    key: string,
    ttl: number,
    limit: number,
    _blockDuration: number,
    throttlerName: string,
  ): Promise<ThrottlerStorageRecord> {
    if (!(ttl > 0)) return { totalHits: 0, timeToExpire: 0, isBlocked: false, timeToBlockExpire: 0 };
    const burst = Math.floor(limit);
    if (!(burst >= 1)) {
      const wholeS = Math.ceil(ttl / MS_PER_S);
      return { totalHits: 1, timeToExpire: wholeS, isBlocked: true, timeToBlockExpire: wholeS };
    }
    const charge = new Charge(this.memory.policyNumber(throttlerName), this.limitOf(burst, ttl));
    return this.toRecord(charge, await this.decide(charge, key, throttlerName));
  }

  private async decide(charge: Charge, key: string, name: string): Promise<boolean> {
    const { redis, hash, memory } = this;
    if (redis !== null) {
      charge.key = keyText(`throttler/${name}`, [key]);
      const decision = await redis.decide([charge]);
      if (decision !== null) return decision;
      const { onStoreFailure = 'local' } = this.options;
      if (onStoreFailure === 'allow') {
        charge.remaining = charge.limit.burst;
        return true;
      }
      if (onStoreFailure === 'deny') {
        charge.refused = true;
        charge.waitUs = charge.nextUs = US_PER_S;
        return false;
      }
    }
    hash.begin();
    hash.word(charge.policy);
    hash.text(key);
    hash.end();
    charge.high = hash.high;
    charge.low = hash.low;
    return memory.decide([charge]);
  }

  /** The guard tells `limit - totalHits` as what is left, and the times in seconds. */
  private toRecord({ limit, remaining, nextUs, waitUs }: Charge, admitted: boolean): ThrottlerStorageRecord {
    return {
      totalHits: admitted ? limit.burst - remaining : limit.burst + 1,
      timeToExpire: Math.ceil(nextUs / US_PER_S),
      isBlocked: !admitted,
      timeToBlockExpire: admitted ? 0 : Math.ceil(waitUs / US_PER_S),
    };
  }

  private limitOf(burst: number, ttlMs: number): Limit {
    const id = `${burst}/${ttlMs}`;
    const known = this.limits.get(id);
    if (known !== undefined) return known;
    const windowMs = Math.min(ttlMs, WINDOW_MS_MAX);
    const limit = new Limit({ algorithm: this.options.algorithm, burst, windowMs });
    if (this.limits.size < LIMITS_MAX) this.limits.set(id, limit);
    return limit;
  }
}
