import { parseRedisAddress } from '@app/redis';
import type { SemanticCheck } from './config/semantics/semantic-check.js';

/** The address of Redis is one that it can be connected by. */
export const checkRedisAddress: SemanticCheck = ({ redis }) => {
  if (redis.url === null) return [];
  try {
    parseRedisAddress(redis.url);
    return [];
  } catch (error) {
    return [{ path: 'redis.url', message: (error as TypeError).message }];
  }
};
