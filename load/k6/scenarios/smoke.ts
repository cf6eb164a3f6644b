/** A little of everything, in seconds: every budget, the health, a cached reply and an event stream. */
import { thresholds as budgets } from '../../generated/budgets.ts';
import { budgetScenarios } from '../budget-scenarios.ts';
import { healthThresholds } from '../health.ts';
import { lasting } from '../length.ts';

export { askRoute } from '../ask-route.ts';
export { openSession as setup } from '../credentials.ts';
export { listen } from '../event-stream.ts';
export { checkHealth } from '../health.ts';

const SECONDS = 10;

export const options = {
  scenarios: {
    ...budgetScenarios(SECONDS),
    health: {
      executor: 'constant-arrival-rate',
      rate: 10,
      timeUnit: '1s',
      duration: lasting(SECONDS),
      preAllocatedVUs: 5,
      maxVUs: 20,
      exec: 'checkHealth',
    },
    streams: { executor: 'constant-vus', vus: 3, duration: lasting(SECONDS), gracefulStop: '5s', exec: 'listen' },
  },
  thresholds: { ...budgets, ...healthThresholds, 'http_req_duration{route:health}': ['p(95)<200'] },
};
