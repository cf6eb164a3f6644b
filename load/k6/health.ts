import http from 'k6/http';
import { check } from 'k6';
import { management } from './target.ts';

const SLOW_MS = 200;

/** Asks for the health of the gateway, and sees that it is well and says so at once. */
export function checkHealth(): void {
  const answer = http.get(`${management}/health`, { tags: { route: 'health' } });
  check(answer, {
    'status is 200': ({ status }) => status === 200,
    'response time < 200ms': ({ timings }) => timings.duration < SLOW_MS,
  });
}

/** What holds where no route says otherwise. */
export const defaultThresholds = {
  http_req_duration: ['p(95)<500'],
  http_req_failed: ['rate<0.01'],
};

export const healthThresholds = {
  checks: ['rate>0.99'],
};
