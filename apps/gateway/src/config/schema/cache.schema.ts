import { z } from 'zod';
import { fromEnv } from './annotations.js';
import { fieldName, milliseconds } from './values.js';

export const cacheSchema = z.strictObject({
  enabled: fromEnv('CACHE_ENABLED', z.boolean().default(true)).describe(
    'Off, no route caches, whatever it says itself.',
  ),
  memoryBytesMax: z
    .int()
    .min(65_536)
    .default(67_108_864)
    .describe('What stored responses may take in memory, in bytes. What is used least makes room.'),
  objectBytesMax: z
    .int()
    .min(0)
    .default(1_048_576)
    .describe('Largest body that is stored, in bytes. A larger one passes through.'),
  redis: z
    .strictObject({
      enabled: z.boolean().default(true).describe('Share stored responses through Redis, where `redis.url` is set.'),
      timeoutMs: milliseconds
        .min(1)
        .max(1_000)
        .default(30)
        .describe(
          'Time that a request waits for Redis. After that the upstream is asked, and Redis rests for a second.',
        ),
      objectBytesMax: z
        .int()
        .min(0)
        .default(262_144)
        .describe('Largest body that goes to Redis, in bytes. A larger one stays in memory.'),
      followMs: milliseconds
        .min(10)
        .default(1_000)
        .describe('How often this gateway looks for what others have invalidated.'),
    })
    .prefault({})
    .describe('The tier behind the memory.'),
});

export const routeCacheSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Off, the route does not cache.'),
  ttlMs: milliseconds
    .nullable()
    .default(null)
    .describe(
      'Lifetime of responses of status 200, 203, 300, 301 or 308 that say nothing of it themselves; what a response says always wins. null: such responses are not stored.',
    ),
  scope: z
    .enum(['auto', 'public', 'tenant', 'user'])
    .default('auto')
    .describe(
      'Whom a stored response is given to. `auto`: to the user that it was made for, and to everybody when it says `public` or `s-maxage`, or when no credentials were in the request. `public`: to everybody. `tenant`, `user`: to the tenant or user alone, whatever it says.',
    ),
  statuses: z
    .array(
      z
        .int()
        .min(200)
        .max(599)
        .refine((status) => status !== 206 && status !== 304, 'must be a status of a whole response'),
    )
    .min(1)
    .default([200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501])
    .describe('Statuses that may be stored, when the response allows it.'),
  varyBy: z
    .array(fieldName)
    .default([])
    .describe('Request fields that tell stored responses apart, beside those that `Vary` names.'),
  query: z
    .strictObject({
      ignore: z
        .array(z.string().min(1))
        .default([])
        .describe('Parameters that make no difference to the response, such as `utm_source`.'),
      sort: z.boolean().default(false).describe('Queries that differ in the order of their parameters are one.'),
    })
    .prefault({})
    .describe('How much of a query tells responses apart. By default all of it does, as it came.'),
  heuristicPercent: z
    .int()
    .min(0)
    .max(100)
    .default(0)
    .describe(
      'Lifetime of silent responses with Last-Modified, in percent of the time since then; at most a day. 0 guesses nothing.',
    ),
  staleWhileRevalidateMs: milliseconds
    .default(0)
    .describe('How long a stale response may be given while a new one is fetched, unless it says so itself.'),
  staleIfErrorMs: milliseconds
    .default(0)
    .describe('How long a stale response may stand in for an upstream that fails, unless it says so itself.'),
  obeyClient: z
    .boolean()
    .default(true)
    .describe('Follow the Cache-Control of requests: clients can then ask past the cache.'),
  dropSetCookie: z
    .boolean()
    .default(false)
    .describe('Store responses that set cookies, without the cookies. Off, they are not stored.'),
});
