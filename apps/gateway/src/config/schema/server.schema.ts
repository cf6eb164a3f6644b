import { z } from 'zod';
import { fromEnv, secret } from './annotations.js';
import { ipRulesSchema } from './auth.schema.js';
import { cidr, identifier, milliseconds, secretSource } from './values.js';

/** More than any machine has use for; a slip of the keyboard must not start a million. */
const WORKERS_MAX = 256;

export const serverSchema = z.strictObject({
  port: fromEnv('API_GATEWAY_PORT', z.int().min(0).max(65535).default(8080)).describe(
    'TCP port to listen on. 0 picks a free port and prints it.',
  ),
  workers: fromEnv(
    'API_GATEWAY_WORKERS',
    z.union([z.int().min(1).max(WORKERS_MAX), z.literal('auto')]).default(1),
  ).describe(
    'Threads that serve requests, all on `port`. `auto` starts one for each processor that the process may use. 1 serves ' +
      'in the main thread, with no supervisor beside it.',
  ),
  host: z
    .string()
    .nullable()
    .default(null)
    .describe('Address to bind. null listens on every interface, IPv4 and IPv6.'),
  name: identifier
    .nullable()
    .default(null)
    .describe(
      'Pseudonym written in `Via` (RFC 9110 section 7.6.3) and used to detect loops. null makes one up per process. ' +
        'Gateways that stand behind one another need different names.',
    ),
  trustProxy: z
    .array(cidr)
    .default([])
    .describe('Addresses whose `X-Forwarded-*` and `Forwarded` fields are believed. Everybody else’s are replaced.'),
  ipRules: ipRulesSchema
    .prefault({})
    .describe('Which clients may come at all, on every route. A route may have rules of its own besides.'),
  headBytesMax: z
    .int()
    .min(1024)
    .max(1_048_576)
    .default(16_384)
    .describe('Largest request head in bytes. A larger one gets 431.'),
  headTimeoutMs: milliseconds
    .default(10_000)
    .describe('Time for a request head to arrive, in milliseconds. A slower one gets 408. 0 means no limit.'),
  bodyBytesMax: fromEnv('MAX_REQUEST_SIZE', z.int().min(0).default(10_485_760)).describe(
    'Largest request body in bytes, declared or counted. A larger one gets 413. A route may set its own.',
  ),
  requestTimeoutMs: milliseconds
    .default(30_000)
    .describe(
      'Time from the end of the request to the head of the response, over all tries, in milliseconds; also the longest ' +
        'pause in a request body. 504 (408 for the body) when it runs out. 0 means no limit. A route may set `timeoutMs`.',
    ),
  writeTimeoutMs: milliseconds
    .default(60_000)
    .describe('Longest time a client may leave sent bytes unread before its connection is cut. 0 means no limit.'),
  keepAliveTimeoutMs: milliseconds
    .default(72_000)
    .describe('Time an idle client connection is kept. Keep it above the idle timeout of a load balancer in front.'),
  connectionsMax: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Client connections held at once; more are closed at accept. null means no limit.'),
  encodedSlash: z
    .enum(['reject', 'keep'])
    .default('reject')
    .describe(
      'What a path with %2F or %5C gets: `reject` answers 400; `keep` forwards it as it came, and matches it as a part of its segment.',
    ),
  drainTimeoutMs: milliseconds
    .default(30_000)
    .describe('Time that running requests get to finish after SIGTERM, in milliseconds.'),
});

export const managementSchema = z.strictObject({
  port: z
    .int()
    .min(0)
    .max(65535)
    .nullable()
    .default(null)
    .describe('Port of its own for the control plane. null serves it on `server.port`, to loopback callers only.'),
  host: z.string().default('127.0.0.1').describe('Address to bind when `management.port` is set.'),
  token: secret(secretSource.nullable().default(null)).describe(
    'Bearer token that opens the control plane to callers that are not on loopback. null keeps it closed to them.',
  ),
});
