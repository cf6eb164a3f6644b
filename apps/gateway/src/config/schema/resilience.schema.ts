import { z } from 'zod';
import { fromEnv, named } from './annotations.js';
import { methodName, milliseconds } from './values.js';

export const circuitBreakerSchema = z.strictObject({
  enabled: fromEnv('CIRCUIT_BREAKER_ENABLED', z.boolean().default(true)).describe(
    'false takes the breakers of all upstreams out, whatever they say.',
  ),
});

export const breakerSchema = z.strictObject({
  failureRatePercent: z
    .number()
    .gt(0)
    .max(100)
    .default(50)
    .describe('Share of failures in the window that opens it. 5xx, failed connections and timeouts are failures.'),
  volumeThreshold: z.int().min(1).default(20).describe('Tries that the window must hold before it opens.'),
  windowMs: milliseconds.min(100).default(10_000).describe('Time that is looked back over.'),
  resetMs: milliseconds.min(1).default(30_000).describe('Time that it stays open before it lets probes through.'),
  halfOpenProbes: z
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe('Tries that it then lets through. All of them must succeed to close it; one failure opens it again.'),
});

const retryReason = named(
  'reason to retry',
  z.union([z.enum(['connect-failure', 'timeout', 'reset', '5xx']), z.int().min(400).max(599)]),
);

const attempts = z.int().min(2).max(10).describe('Tries in all, the first one included.');

const on = z
  .array(retryReason)
  .min(1)
  .describe(
    'What is tried again: `connect-failure` (TLS included), `timeout` of the response head, `reset` before the head, ' +
      '`5xx`, or single statuses from 400 to 599.',
  );

const methods = z
  .array(methodName)
  .min(1)
  .describe(
    'Methods that may be repeated. Name one that is not idempotent, such as POST, only where the service takes the ' +
      'same request twice without harm.',
  );

export const retrySchema = z.strictObject({
  attempts: attempts.default(2),
  on: on.default(['connect-failure', 502, 503, 504]),
  methods: methods.default(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE', 'QUERY']),
  idempotencyKey: z
    .boolean()
    .default(false)
    .describe('Repeat requests of other methods too when they carry `Idempotency-Key`.'),
  baseMs: milliseconds
    .default(25)
    .describe(
      'Longest wait before the first retry; it doubles with each further one. The wait is random (full jitter).',
    ),
  maxMs: milliseconds.default(250).describe('Longest wait before any retry.'),
  retryAfterMaxMs: milliseconds
    .default(1_000)
    .describe('Longest `Retry-After` of the upstream that is waited for; a reply that asks for more is passed on.'),
  budgetPercent: z
    .number()
    .min(0)
    .max(1_000)
    .default(20)
    .describe('Retries per hundred requests to the upstream in the last ten seconds. More are not made.'),
  budgetMinPerS: z
    .number()
    .min(0)
    .max(10_000)
    .default(1)
    .describe('Retries per second that the budget allows besides, so that little traffic can be retried at all.'),
});

export const routeRetrySchema = z.union([
  z.literal(false),
  z.strictObject({ attempts: attempts.optional(), on: on.optional(), methods: methods.optional() }),
]);

export const bulkheadSchema = z.strictObject({
  concurrentMax: z.int().min(1).default(1_024).describe('Requests to the upstream at once, upgraded ones included.'),
  queueMax: z.int().min(0).max(1_000_000).default(0).describe('Requests that may wait for a place. More get 503.'),
  queueTimeoutMs: milliseconds.min(1).default(1_000).describe('Time that one may wait before it gets 503.'),
});

export const passiveHealthSchema = z.strictObject({
  failuresInRow: z
    .int()
    .min(1)
    .default(5)
    .describe('Failures of one target in a row that eject it: 5xx, failed or broken connections, timeouts.'),
  ejectMs: milliseconds
    .min(1)
    .default(30_000)
    .describe('Time that it then gets no traffic. The second ejection lasts twice as long, the third three times.'),
  ejectMaxMs: milliseconds
    .min(1)
    .default(300_000)
    .describe('Longest ejection. A target that has stayed in for as long begins again with `ejectMs`.'),
});
