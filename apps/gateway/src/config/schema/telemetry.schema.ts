import { z } from 'zod';
import { fromEnv } from './annotations.js';
import { logsSchema } from './logs.schema.js';
import { tracingSchema } from './tracing.schema.js';
import { budgetSchema } from './budget.schema.js';

export const telemetrySchema = z.strictObject({
  metrics: fromEnv('ENABLE_METRICS', z.boolean().default(true)).describe(
    'Count requests and exchanges, and serve `/metrics`. Off, nothing is counted.',
  ),
  profiling: fromEnv('ENABLE_PROFILING', z.boolean().default(true)).describe(
    'Serve `/debug/pprof/`. It costs nothing until a profile is asked for.',
  ),
  logs: logsSchema
    .prefault({})
    .describe('Lines on standard output: one for each request, and what else there is to say.'),
  tracing: tracingSchema.prefault({}).describe('Spans, sent to an OpenTelemetry collector.'),
  budget: budgetSchema
    .nullable()
    .default(null)
    .describe('Budget of every route that has none of its own. null means none.'),
});
