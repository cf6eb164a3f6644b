import { z } from 'zod';
import { fromEnv, named } from './annotations.js';
import { identifier, milliseconds } from './values.js';

const rps = z.number().min(0.001).max(1_000_000).describe('Requests a second that are let through for long.');
const burst = z.int().min(1).max(1_000_000).describe('Requests that are let through at once after a rest.');
const windowS = z
  .number()
  .min(0.001)
  .max(2_678_400)
  .describe('Instead of `rps`: the seconds in which `burst` requests are let through. Up to 31 days.');

const limitKeys = {
  rps: rps.optional().describe('Requests a second that are let through for long. Default: `rateLimit.defaults.rps`.'),
  burst: burst
    .optional()
    .describe('Requests that are let through at once after a rest. Default: `rateLimit.defaults.burst`.'),
  windowS: windowS.optional(),
};

const policyKeys = {
  ...limitKeys,
  algorithm: z
    .enum(['gcra', 'sliding-window'])
    .default('gcra')
    .describe(
      '`gcra` gives a used-up limit back evenly, request by request. `sliding-window` lets `burst` requests through in ' +
        'any time of `burst / rps` seconds (or `windowS`), and gives them back as they leave it.',
    ),
  cost: z.int().min(1).default(1).describe('What a request takes of the limit.'),
  shadow: z.boolean().default(false).describe('Count and report what would be refused, and refuse nothing.'),
  onStoreFailure: z
    .enum(['allow', 'deny', 'local'])
    .default('local')
    .describe(
      'What happens while Redis gives no decision: let the request through, answer 503, or limit in the memory of this ' +
        'gateway alone.',
    ),
};

const limitKeyPart = named(
  '"ip", "tenant", "user", "api-key", "route", "header:NAME" or "claim:NAME"',
  z
    .string()
    .regex(
      /^(?:ip|tenant|user|api-key|route|header:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|claim:.+)$/,
      'must be ip, tenant, user, api-key, route, header:NAME or claim:NAME',
    ),
);

const policy = z.strictObject({
  name: identifier
    .optional()
    .describe('What the `RateLimit` fields and the configuration call it. Default `default`; several need names.'),
  by: z
    .union([limitKeyPart, z.array(limitKeyPart).min(1)])
    .default(['ip'])
    .describe(
      'What has a limit of its own: `ip` (IPv6 by /64), `tenant`, `user`, `api-key`, `route`, `header:NAME`, ' +
        '`claim:NAME`, or a list for a combination. The address stands in for what a request does not have.',
    ),
  ...policyKeys,
  overrides: z
    .record(z.string().min(1), z.strictObject(limitKeys).describe('Another limit.'))
    .default({})
    .describe('Other limits for some values of the first part of `by`, for example for a tenant.'),
});

export const routeRateLimit = z
  .union([policy, z.array(policy).min(1), z.literal(false)])
  .optional()
  .describe(
    'One policy or several, beside those for all routes. A request is let through by all of them or charged to none. ' +
      'false: no limit on this route, not even those for all routes.',
  );

export const rateLimitSchema = z.strictObject({
  enabled: fromEnv('RATE_LIMIT_ENABLED', z.boolean().default(true)).describe('false switches every limit off.'),
  defaults: z
    .strictObject({
      rps: fromEnv('RATE_LIMIT_RPS', rps.default(100)),
      burst: fromEnv('RATE_LIMIT_BURST', burst.default(200)),
    })
    .prefault({})
    .describe('What a policy gets that does not say it.'),
  preAuth: z
    .strictObject({ name: identifier.default('pre-auth').describe('What its refusals call it.'), ...policyKeys })
    .nullable()
    .default(null)
    .describe('A limit by address on all routes, before credentials are looked at: it limits guessing them.'),
  policies: z
    .array(policy)
    .default([])
    .describe('Policies for all routes. Each needs a name. What they count, they count over all routes together.'),
  headers: z.boolean().default(true).describe('Tell clients their limits in `RateLimit-Policy` and `RateLimit`.'),
  keysMax: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(65_536)
    .describe('Keys in memory that have a limit of their own at once. Further ones share, and are limited sooner.'),
  store: z
    .enum(['auto', 'memory', 'redis'])
    .default('auto')
    .describe('Where limits are counted. `auto` is Redis when `redis.url` is set, so that gateways share them.'),
  storeTimeoutMs: milliseconds
    .min(1)
    .default(20)
    .describe('Time after which a decision of Redis is not waited for, and `onStoreFailure` decides.'),
});
