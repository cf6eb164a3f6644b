import { z } from 'zod';
import { fromEnv } from './annotations.js';
import { fieldName } from './values.js';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const sample = z.number().min(0).max(1);

const redact = z.strictObject({
  fields: z
    .array(fieldName)
    .default(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'x-api-key'])
    .describe('Fields whose value is never written. A list given here replaces this one.'),
  query: z
    .array(z.string().regex(/^[A-Za-z0-9]+$/, 'must be a word of letters and digits'))
    .default([
      'token',
      'key',
      'apikey',
      'secret',
      'password',
      'passwd',
      'pwd',
      'signature',
      'sig',
      'code',
      'jwt',
      'auth',
      'authorization',
      'credential',
      'credentials',
      'assertion',
      'session',
      'sid',
    ])
    .describe(
      'Query parameters whose value is never written: those with one of these words in their name, as `access_token`, ' +
        '`apiKey` and `X-Amz-Signature` have. A list given here replaces this one.',
    ),
});

export const logsSchema = z.strictObject({
  level: fromEnv('LOG_LEVEL', z.enum(logLevels).default('info')).describe(
    'Least level that is written. `PUT /admin/log-level` changes it until the next start.',
  ),
  format: z
    .enum(['auto', 'json', 'pretty'])
    .default('auto')
    .describe('`json` writes one object a line, `pretty` is for people, `auto` is `pretty` on a terminal.'),
  requests: z.boolean().default(true).describe('Write a line for each request, when it is over.'),
  sample: sample
    .default(1)
    .describe('Share of the lines of level `info` for requests, 0 to 1. Those of `warn` and `error` are all written.'),
  fields: z
    .array(fieldName)
    .default([])
    .describe('Request fields that stand in the line of a request, such as `user-agent`.'),
  redact: redact.prefault({}).describe('What is written as `[redacted]`.'),
  bufferBytesMax: z
    .int()
    .min(65_536)
    .default(4_194_304)
    .describe('Lines that wait for a slow reader of standard output. Beyond it they are dropped, and counted.'),
});

/** What a route says about the lines of its requests. */
export const routeLogSchema = z.strictObject({
  requests: z.boolean().optional().describe('Overrides `telemetry.logs.requests` on this route.'),
  sample: sample.optional().describe('Overrides `telemetry.logs.sample` on this route.'),
});
