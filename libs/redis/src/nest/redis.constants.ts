/** Token of the connection to Redis (RedisConnection), or of null where there is none. */
export const REDIS = Symbol('sluice.redis');
