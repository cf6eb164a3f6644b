import { z } from 'zod';
import { fromEnv, named } from './annotations.js';
import { fieldMap, milliseconds } from './values.js';

const collectorAddress = named(
  'http or https address',
  z.string().refine(isCollectorAddress, 'must be an http or https address, without credentials, query and fragment'),
);

export const tracingSchema = z.strictObject({
  enabled: fromEnv('ENABLE_TRACING', z.boolean().default(false)).describe(
    'Send spans. Off, `traceparent`, `tracestate` and `baggage` are passed on all the same.',
  ),
  endpoint: fromEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collectorAddress.default('http://localhost:4318')).describe(
    'Where a collector takes OTLP over HTTP; `/v1/traces` is put behind it.',
  ),
  headers: fieldMap.default({}).describe('Fields sent to the collector.'),
  ratio: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Share of the traces that begin here to record, 0 to 1. It is decided by the id of the trace.'),
  parentBased: z
    .boolean()
    .default(true)
    .describe(
      'A trace that a client has begun is recorded when the client says that it is. false decides by `ratio` alone: for ' +
        'clients that you do not trust with that.',
    ),
  serviceName: z.string().min(1).default('sluice').describe('`service.name` of the spans.'),
  queueMax: z
    .int()
    .min(1)
    .default(2_048)
    .describe('Spans that wait to be sent. Beyond it they are dropped, and counted.'),
  batchMax: z.int().min(1).default(256).describe('Spans in one message.'),
  intervalMs: milliseconds.min(1).default(1_000).describe('Time between two messages, unless a batch is full before.'),
  timeoutMs: milliseconds.min(1).default(5_000).describe('Time for one message, retries included.'),
});

function isCollectorAddress(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username + password + search + hash === '';
}
