/**
 * An upstream of the demo is made to fail until its breaker opens; then every request is refused at once, with 503 and
 * Retry-After. It ends before the breaker tries again (30 s).
 */
import http from 'k6/http';
import { check, fail } from 'k6';
import { scaledS } from '../length.ts';
import { target } from '../target.ts';

const PATH = '/api/v1/notifications';
/** Twice what a breaker looks at by default. */
const FAILURES = 40;
const OPEN_S_MAX = 20;

const unavailable = http.expectedStatuses(503);

export const options = {
  scenarios: {
    open: {
      executor: 'constant-arrival-rate',
      rate: 100,
      timeUnit: '1s',
      duration: `${Math.min(OPEN_S_MAX, scaledS(20))}s`,
      preAllocatedVUs: 10,
      maxVUs: 100,
    },
  },
  thresholds: {
    'http_req_duration{scenario:open}': ['p(95)<5'],
    'http_req_failed{scenario:open}': ['rate<0.01'],
    checks: ['rate>0.99'],
  },
};

/** Opens the breaker, or ends the run. */
export function setup(): void {
  for (let count = 0; count < FAILURES; count++) {
    http.get(`${target}${PATH}?demo=status=503`, { responseCallback: unavailable });
  }
  const { status } = http.get(target + PATH, { responseCallback: unavailable });
  if (status !== 503) fail(`${target}${PATH} answers ${status} after ${FAILURES} failures: its breaker is not open`);
}

export default function client(): void {
  const answer = http.get(target + PATH, { responseCallback: unavailable });
  check(answer, {
    'is refused by the breaker': ({ body }) => (body ?? '').includes('"breaker-open"'),
    'says when to come back': ({ headers }) => Number(headers['Retry-After']) > 0,
  });
}
