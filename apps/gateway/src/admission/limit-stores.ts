import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { KeyHash, MemoryStore, RedisStore, type ScriptConnection, type WorkerMemory } from '@app/rate-limit';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';

/** Where the limits of this gateway are counted. */
export class LimitStores implements OnModuleDestroy {
  readonly hash: KeyHash;
  readonly memory: MemoryStore;
  /** null when limits are counted in memory alone. */
  readonly redis: RedisStore | null;
  /** The keys of one request have to lie together. */
  readonly clustered: boolean;

  /**
   * @param memory what the workers have in common; null when this one is alone
   * @param now a clock in milliseconds that never goes back, the same for all workers
   */
  constructor(
    { rateLimit }: GatewayConfig,
    connection: ScriptConnection | null,
    memory: WorkerMemory | null = null,
    now?: () => number,
  ) {
    const { keysMax, store, storeTimeoutMs, enabled } = rateLimit;
    this.hash = memory === null ? new KeyHash() : KeyHash.sharedBy(memory);
    this.memory = new MemoryStore({ keysMax, memory, now });
    const logger = new Logger('RateLimit');
    this.redis =
      connection === null || store === 'memory' || !enabled
        ? null
        : new RedisStore(connection, {
            timeoutMs: storeTimeoutMs,
            onTrust: (trusted) =>
              logger.warn(
                trusted ? 'Redis decides limits again' : 'Redis is late or fails: limits are decided without',
              ),
          });
    this.clustered = connection?.isCluster === true;
  }

  onModuleDestroy(): void {
    this.redis?.close();
  }
}
