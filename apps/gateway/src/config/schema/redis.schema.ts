import { z } from 'zod';
import { filePath, fromEnv, secret } from './annotations.js';
import { milliseconds, redisAddress } from './values.js';

export const redisSchema = z.strictObject({
  url: secret(fromEnv('REDIS_URL', redisAddress.nullable().default(null))).describe(
    'Address of the Redis that instances share limits and stored replies through: `redis://user:password@host:port/db`, ' +
      '`rediss://` for TLS, `redis+sentinel://host:port,host:port/master` or `redis+cluster://host:port,host:port`. ' +
      'null keeps everything in memory.',
  ),
  keyPrefix: z
    .string()
    .max(64)
    .default('sluice:')
    .describe('Put before every key. Gateways that share one share all state.'),
  connectTimeoutMs: milliseconds.min(1).default(2_000).describe('Time to connect, TLS included.'),
  commandTimeoutMs: milliseconds.min(1).default(500).describe('Time after which a command has failed.'),
  caFile: filePath(z.string().min(1))
    .nullable()
    .default(null)
    .describe('PEM file with the authorities to trust with `rediss:`. null trusts the system’s.'),
  serverName: z
    .string()
    .nullable()
    .default(null)
    .describe('Name to ask for (SNI) and to verify with `rediss:`. null takes the host of the address.'),
});
