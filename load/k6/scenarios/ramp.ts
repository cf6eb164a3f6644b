/** The staged ramp: 20, 50, then 100 users, each of which asks for the health once a second. The default of `make load`. */
import { sleep } from 'k6';
import { checkHealth, defaultThresholds, healthThresholds } from '../health.ts';
import { lasting } from '../length.ts';

export const options = {
  stages: [
    { duration: lasting(30), target: 20 },
    { duration: lasting(60), target: 50 },
    { duration: lasting(30), target: 100 },
    { duration: lasting(60), target: 100 },
    { duration: lasting(30), target: 0 },
  ],
  thresholds: { ...defaultThresholds, ...healthThresholds },
};

export default function user(): void {
  checkHealth();
  sleep(1);
}
