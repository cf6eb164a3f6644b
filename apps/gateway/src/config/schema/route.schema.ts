import { z } from 'zod';
import { secretByName } from './annotations.js';
import { budgetSchema } from './budget.schema.js';
import { routeRetrySchema } from './resilience.schema.js';
import { ipRulesSchema, routeAuthSchema } from './auth.schema.js';
import { routeRateLimit } from './rate-limit.schema.js';
import { routeCacheSchema } from './cache.schema.js';
import { routeLogSchema } from './logs.schema.js';
import { fieldMap, fieldName, fieldValue, identifier, methodName, milliseconds } from './values.js';

const condition = z.union([
  z.string().describe('The exact value.'),
  z.strictObject({ exact: z.string() }),
  z.strictObject({ prefix: z.string().min(1) }),
  z.strictObject({ present: z.boolean() }),
]);

const match = z.strictObject({
  path: z
    .string()
    .startsWith('/')
    .describe(
      'Static segments, `:name` for one segment, and a final `*` for the rest: `/a/*` matches `/a` and all below it.',
    ),
  hosts: z
    .array(z.string().min(1))
    .default([])
    .describe('Host names, exact or `*.example.com` (any depth below). Empty matches every host. The port is ignored.'),
  methods: z.array(methodName).default([]).describe('Methods; GET includes HEAD. Empty matches every method.'),
  headers: secretByName(z.record(fieldName, condition))
    .default({})
    .describe('Conditions on request fields; all must hold.'),
  query: z
    .record(z.string().min(1), condition)
    .default({})
    .describe('Conditions on query parameters (decoded); all must hold.'),
});

const headerRules = z.strictObject({
  add: fieldMap.default({}).describe('Fields appended beside what is there.'),
  set: fieldMap.default({}).describe('Fields that replace what is there.'),
  remove: z.array(fieldName).default([]).describe('Fields that are removed.'),
});

const cors = z.strictObject({
  origins: z
    .array(z.string().min(1))
    .min(1)
    .describe('Origins allowed, exact, `https://*.example.com`, or `*` for all.'),
  methods: z.array(methodName).default([]).describe('Methods allowed. Empty allows the route’s own.'),
  headers: z.array(fieldName).default([]).describe('Request fields allowed. Empty allows what the preflight asks for.'),
  exposedHeaders: z.array(fieldName).default([]).describe('Response fields that a script may read.'),
  credentials: z.boolean().default(false).describe('Allow cookies and authorization. Not together with origin `*`.'),
  maxAgeS: z.int().min(0).default(600).describe('Seconds that a browser may remember the preflight.'),
});

const compression = z.strictObject({
  encodings: z
    .array(z.enum(['zstd', 'br', 'gzip']))
    .min(1)
    .default(['zstd', 'br', 'gzip'])
    .describe('Encodings offered, best first.'),
  bytesMin: z.int().min(0).default(1_024).describe('Bodies declared smaller than this are left alone.'),
  types: z
    .array(z.string())
    .default([
      'text/*',
      'application/json',
      'application/*+json',
      'application/javascript',
      'application/xml',
      'application/*+xml',
      'application/wasm',
      'image/svg+xml',
    ])
    .describe('Media types worth compressing; `*` stands for any run of characters. text/event-stream never is.'),
});

/** What `compression: true` stands for. */
export const compressionDefaults = compression.parse({});

const respond = z.strictObject({
  status: z.int().min(200).max(599).default(200).describe('Status of the answer.'),
  headers: fieldMap.default({}).describe('Fields of the answer. The gateway adds those of framing itself.'),
  body: z.string().default('').describe('Text to send. The type is text/plain unless `headers` says otherwise.'),
});

const redirect = z.strictObject({
  to: fieldValue
    .min(1)
    .describe('Target of `Location`: an address or a path; may use `:name`, `*` and keeps the query when it has none.'),
  status: z
    .union([z.literal(301), z.literal(302), z.literal(303), z.literal(307), z.literal(308)])
    .default(308)
    .describe('301 and 302 let clients turn POST into GET, 303 asks them to, 307 and 308 forbid it.'),
});

const rewrite = z.union([
  z.strictObject({ stripPrefix: z.string().startsWith('/').describe('Leading segments to take away.') }),
  z.strictObject({
    path: z.string().startsWith('/').describe('New path; `:name` and a final `*` stand for what matched.'),
  }),
]);

export const routeShape = {
  id: identifier.describe('Name of the route: its label in metrics, logs and errors.'),
  match: match.describe(
    'Which requests the route takes. The most specific route wins, whatever the order in the file.',
  ),
  priority: z.int().default(0).describe('Breaks the tie between routes that are equally specific; the higher wins.'),
  upstream: z.string().optional().describe('Name of the upstream that serves the route.'),
  weighted: z
    .array(
      z.strictObject({
        upstream: z.string().describe('Name of an upstream.'),
        weight: z.int().min(0).max(1000).describe('Share of the traffic, relative to the others. 0 means none.'),
      }),
    )
    .min(1)
    .optional()
    .describe('Several upstreams that share the traffic by weight, instead of `upstream`.'),
  respond: respond.optional().describe('Answer from here, instead of an upstream.'),
  redirect: redirect.optional().describe('Redirect, instead of an upstream.'),
  rewrite: rewrite
    .optional()
    .describe(
      'Path that the upstream gets; without it, the path that matched. `stripPrefix` takes leading segments away; `path` is a new path, where `:name` and a final `*` stand for what matched.',
    ),
  headers: z
    .strictObject({
      request: headerRules.prefault({}).describe('What the upstream gets.'),
      response: headerRules.prefault({}).describe('What the client gets.'),
    })
    .prefault({})
    .describe('Field rules: first remove, then set, then add.'),
  ipRules: ipRulesSchema
    .optional()
    .describe('Which clients may come here; those of `server.ipRules` must let them too.'),
  auth: routeAuthSchema
    .optional()
    .describe('Who may come here. Without it everybody may, and nobody is asked who they are.'),
  cors: cors.optional().describe('Cross-origin rules; the gateway answers the preflight.'),
  compression: z
    .union([z.boolean(), compression])
    .default(false)
    .describe('Compress responses for clients that accept it.'),
  rateLimit: routeRateLimit,
  cache: routeCacheSchema
    .optional()
    .describe('Store responses to GET as RFC 9111 lets a shared cache. Without it, nothing is stored.'),
  websocket: z.boolean().default(false).describe('Let clients upgrade to WebSocket.'),
  upgrades: z
    .array(z.string().min(1).toLowerCase())
    .default([])
    .describe('Other protocols that clients may upgrade to.'),
  retry: routeRetrySchema
    .optional()
    .describe('Overrides parts of `retry` of the upstream on this route; false switches it off.'),
  timeoutMs: milliseconds.optional().describe('Overrides `server.requestTimeoutMs` on this route.'),
  bodyBytesMax: z.int().min(0).optional().describe('Overrides `server.bodyBytesMax` on this route.'),
  log: routeLogSchema.optional().describe('Which requests of this route get a line in the log.'),
  budget: budgetSchema
    .nullable()
    .optional()
    .describe(
      'How slow and how faulty the route may be. Without it `telemetry.budget` counts; null takes that away here.',
    ),
};
