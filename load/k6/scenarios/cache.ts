/** A route that is cached, asked far more often than what it stores grows old: nearly every reply comes from memory. */
import { check } from 'k6';
import { Rate } from 'k6/metrics';
import { routes } from '../../generated/budgets.ts';
import { ask } from '../ask-route.ts';
import { openSession, type Session } from '../credentials.ts';
import { lasting } from '../length.ts';

export const setup = openSession;

const ROUTE = 'tenants';
const hits = new Rate('cache_hits');

export const options = {
  scenarios: {
    readers: {
      executor: 'constant-arrival-rate',
      rate: 80,
      timeUnit: '1s',
      duration: lasting(25),
      preAllocatedVUs: 10,
      maxVUs: 80,
    },
  },
  thresholds: {
    cache_hits: ['rate>0.95'],
    checks: ['rate>0.99'],
    [`http_req_duration{route:${ROUTE}}`]: [`p(95)<${routes[ROUTE].budget?.p95Ms ?? 500}`],
    [`http_req_failed{route:${ROUTE}}`]: ['rate<0.01'],
  },
};

export default function reader(session: Session): void {
  const answer = ask(ROUTE, session);
  const status = answer.headers['Cache-Status'] ?? '';
  hits.add(/;\s*hit/.test(status));
  check(answer, { 'says how it was cached': () => status.startsWith('sluice') });
}
