/**
 * Calm, then fifty times as much at once, then calm again. The limits of the route refuse most of the crowd, quickly and
 * with nothing worse than 429, and whoever comes after it is served as before.
 */
import http from 'k6/http';
import { routes } from '../../generated/budgets.ts';
import { bearer, openSession, type Session } from '../credentials.ts';
import { scaledS } from '../length.ts';
import { target } from '../target.ts';

export const setup = openSession;

const [CALM_S, SPIKE_S] = [scaledS(10), scaledS(15)];
/** Until the last of the crowd has been answered. */
const ENDING_S = 2;
const CALM_RPS = 20;
const SPIKE_RPS = 1_000;
const ROUTE = 'users';

const { budget, path } = routes[ROUTE];
const p95 = `p(95)<${budget?.p95Ms ?? 500}`;
const servedOrLimited = http.expectedStatuses({ min: 200, max: 399 }, 429);

const arrivals = (rate: number, startS: number, seconds: number, exec: string) => ({
  executor: 'constant-arrival-rate',
  rate,
  timeUnit: '1s',
  startTime: `${startS}s`,
  duration: `${seconds}s`,
  preAllocatedVUs: Math.ceil(rate / 10),
  maxVUs: rate,
  gracefulStop: `${ENDING_S}s`,
  exec,
});

export const options = {
  scenarios: {
    before: arrivals(CALM_RPS, 0, CALM_S, 'calm'),
    spike: arrivals(SPIKE_RPS, CALM_S, SPIKE_S, 'crowd'),
    after: arrivals(CALM_RPS, CALM_S + SPIKE_S + ENDING_S, CALM_S, 'calm'),
  },
  thresholds: {
    'http_req_duration{scenario:before}': [p95],
    'http_req_failed{scenario:before}': ['rate<0.01'],
    'http_req_duration{scenario:spike}': [p95],
    'http_req_failed{scenario:spike}': ['rate<0.01'],
    'http_req_duration{scenario:after}': [p95],
    'http_req_failed{scenario:after}': ['rate<0.01'],
  },
};

export function calm(session: Session): void {
  http.get(target + path, { headers: bearer(session), tags: { route: ROUTE } });
}

export function crowd(session: Session): void {
  http.get(target + path, { headers: bearer(session), tags: { route: ROUTE }, responseCallback: servedOrLimited });
}
