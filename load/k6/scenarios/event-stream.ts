/** Fifty listeners to event streams: each stream arrives whole and as it is written. */
import { lasting } from '../length.ts';

export { listen as default } from '../event-stream.ts';

export const options = {
  scenarios: { listeners: { executor: 'constant-vus', vus: 50, duration: lasting(20), gracefulStop: '5s' } },
  thresholds: {
    checks: ['rate>0.99'],
    http_req_failed: ['rate<0.01'],
    // To the first byte: the rest of a stream lasts as long as its events.
    http_req_waiting: ['p(95)<200'],
  },
};
