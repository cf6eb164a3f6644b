import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { KeyHash, MemoryStore, RedisStore, type ScriptConnection } from '@app/rate-limit';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';

/** Where the limits of this gateway are counted. */
export class LimitStores implements OnModuleDestroy {
  readonly hash = new KeyHash();
  readonly memory: MemoryStore;
  /** null when limits are counted in memory alone. */
  readonly redis: RedisStore | null;
  /** The keys of one request have to lie together. */
  readonly clustered: boolean;

  constructor({ rateLimit }: GatewayConfig, connection: ScriptConnection | null) {
    const { keysMax, store, storeTimeoutMs, enabled } = rateLimit;
    this.memory = new MemoryStore({ keysMax });
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
