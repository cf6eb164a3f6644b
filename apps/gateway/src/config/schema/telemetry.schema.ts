import { z } from 'zod';
import { fromEnv } from './annotations.js';

export const telemetrySchema = z.strictObject({
  metrics: fromEnv('ENABLE_METRICS', z.boolean().default(true)).describe(
    'Count requests and exchanges, and serve `/metrics`. Off, nothing is counted.',
  ),
  profiling: fromEnv('ENABLE_PROFILING', z.boolean().default(true)).describe(
    'Serve `/debug/pprof/`. It costs nothing until a profile is asked for.',
  ),
});
