import { z } from 'zod';
import { filePath, secret } from './annotations.js';
import { breakerSchema, bulkheadSchema, passiveHealthSchema, retrySchema } from './resilience.schema.js';
import { fieldName, httpOrigin, milliseconds, secretSource } from './values.js';

const target = z.strictObject({
  url: httpOrigin.describe('Origin of the target: http or https, host and port, no path.'),
  weight: z
    .int()
    .min(0)
    .max(1000)
    .default(1)
    .describe('Share of the traffic, relative to the other targets. 0 means none.'),
});

const timeouts = z.strictObject({
  connectMs: milliseconds
    .default(2_000)
    .describe(
      'Time to connect, TLS included. 0 means no limit. The native client lets a request wait as long for a connection to come free.',
    ),
  headersMs: milliseconds
    .default(15_000)
    .describe('Time from the sent request to the response head. 0 means no limit.'),
  idleMs: milliseconds
    .default(60_000)
    .describe('Longest pause in a response body or an upgraded connection. 0 means no limit.'),
  totalMs: milliseconds
    .nullable()
    .default(null)
    .describe(
      'Time for the whole exchange, body included. null means no limit. Event streams and upgraded connections are exempt.',
    ),
});

const healthCheck = z.strictObject({
  path: z
    .string()
    .startsWith('/')
    .default('/health')
    .describe('Path that is asked with GET; a 2xx or 3xx status is healthy.'),
  intervalMs: milliseconds.min(100).default(5_000).describe('Time between two checks of a target.'),
  timeoutMs: milliseconds.min(1).default(2_000).describe('Time after which a check has failed.'),
  unhealthyAfter: z.int().min(1).default(3).describe('Failed checks in a row that take a target out.'),
  healthyAfter: z.int().min(1).default(1).describe('Passed checks in a row that bring it back.'),
});

const tls = z.strictObject({
  caFile: filePath(z.string().min(1))
    .nullable()
    .default(null)
    .describe('PEM file with the authorities to trust. null trusts the system’s.'),
  serverName: z
    .string()
    .nullable()
    .default(null)
    .describe('Name to ask for (SNI) and to verify. null takes the host of the target.'),
  certFile: filePath(z.string().min(1))
    .nullable()
    .default(null)
    .describe('PEM file with the certificate that the gateway shows, and its chain. null shows none.'),
  key: secret(secretSource.nullable().default(null)).describe(
    'Private key of `certFile`, PEM; a secret, so `{ file: … }` takes it from a file.',
  ),
});

export const upstreamSchema = z
  .strictObject({
    targets: z.array(target).min(1).describe('Where requests go.'),
    client: z
      .enum(['native', 'undici'])
      .default('native')
      .describe(
        'What speaks HTTP to the targets: the gateway’s own client, or undici, which is slower and in parts more lenient.',
      ),
    balance: z
      .enum(['round-robin', 'least-request', 'consistent-hash'])
      .default('least-request')
      .describe('`least-request` takes the less busy of two picked at random (power of two choices).'),
    hashOn: z
      .union([
        z.literal('ip'),
        z.literal('path'),
        z.strictObject({ header: fieldName }),
        z.strictObject({ cookie: z.string().min(1) }),
      ])
      .default('ip')
      .describe(
        'What `consistent-hash` hashes. A request without that header or cookie falls back to the client address.',
      ),
    hostHeader: z
      .string()
      .default('target')
      .describe(
        '`Host` sent upstream: `target` for the target’s own, `client` for what the client asked for, or a name.',
      ),
    timeouts: timeouts
      .prefault({})
      .describe('How long to wait for a target. Each runs within the `requestTimeoutMs` of the request.'),
    keepAlive: z
      .strictObject({
        idleMs: milliseconds
          .default(4_000)
          .describe('Time an idle upstream connection is kept, unless its `Keep-Alive` says less.'),
        connectionsMax: z
          .int()
          .min(1)
          .nullable()
          .default(null)
          .describe('Connections per target. null means no limit; more requests than that wait.'),
      })
      .prefault({})
      .describe('Connections that are kept for the next request.'),
    tls: tls.prefault({}).describe('For targets with https.'),
    responseHeadBytesMax: z
      .int()
      .min(1024)
      .default(65_536)
      .describe('Largest response head in bytes. A larger one is a 502.'),
    healthCheck: healthCheck
      .nullable()
      .default(null)
      .describe('Active checks. null means that targets are taken as healthy.'),
    passiveHealth: passiveHealthSchema
      .nullable()
      .default(null)
      .describe('Leaves targets out that fail on the traffic itself. null judges by active checks alone.'),
    panicThresholdPercent: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        'When less than this share of the weight is healthy and not ejected, all targets get traffic. They also do, ' +
          'whatever this says, when none is left.',
      ),
    breaker: breakerSchema
      .nullable()
      .default(null)
      .describe('Stops asking an upstream that fails. null means none; `{}` has the defaults.'),
    retry: retrySchema.nullable().default(null).describe('Tries failed requests again. null means none.'),
    bulkhead: bulkheadSchema.nullable().default(null).describe('Bounds the requests at once. null means no bound.'),
  })
  .describe('A group of targets that serve the same thing.');
