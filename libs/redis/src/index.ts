export { closeRedis, connectRedis, type RedisConnection, type RedisSettings } from './core/connect-redis.js';
export { parseRedisAddress, type RedisAddress } from './core/redis-address.js';
export { REDIS } from './nest/redis.constants.js';
export { RedisModule, type RedisModuleOptions } from './nest/redis.module.js';
