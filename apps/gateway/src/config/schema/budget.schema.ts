import { z } from 'zod';

export const budgetSchema = z.strictObject({
  p95Ms: z
    .number()
    .min(0.1)
    .max(600_000)
    .default(500)
    .describe(
      'Time in milliseconds within which 95 of 100 requests end. It is a boundary in the histogram of the route, a line in its dashboard and a limit in its alerts.',
    ),
  errorRatePercent: z
    .number()
    .gt(0)
    .lt(100)
    .default(1)
    .describe('Share of requests that may end with 500 or above, in percent.'),
});
