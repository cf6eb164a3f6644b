export { addressText, hashAddress } from './core/address-key.js';
export { Charge } from './core/charge.js';
export { KeyHash } from './core/key-hash.js';
export { keyText } from './core/key-text.js';
export { Limit, WINDOW_MS_MAX, type Algorithm, type LimitSettings } from './core/limit.js';
export { MemoryStore, type MemoryStoreOptions } from './core/memory.store.js';
export { RedisStore, type RedisStoreOptions, type ScriptConnection } from './core/redis.store.js';
export { LimiterThrottlerStorage, type RateLimitStorageOptions } from './nest/limiter.throttler-storage.js';
export {
  RateLimitModule,
  type RateLimitModuleAsyncOptions,
  type RateLimitModuleOptions,
} from './nest/rate-limit.module.js';
export type { WorkerMemory } from './core/worker-memory.js';
