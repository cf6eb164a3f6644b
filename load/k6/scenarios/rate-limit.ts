/**
 * Half as much again as a limit allows. Once the burst is used up, as many are let in as the limit says, within 1 %,
 * and the others get 429 with Retry-After.
 */
import http from 'k6/http';
import { check } from 'k6';
import { Counter } from 'k6/metrics';
import { routes } from '../../generated/budgets.ts';
import { scaledS } from '../length.ts';
import { target } from '../target.ts';

const ROUTE = 'users';
const EXCESS = 1.5;
const TOLERANCE = 0.01;

const { allowance, path } = routes[ROUTE];
if (allowance === null) throw new Error(`the route ${ROUTE} has no limit`);
const offeredRps = Math.ceil(allowance.rps * EXCESS);
/** Until the burst is used up, and half as long again. */
const DRAIN_S = Math.ceil((1.5 * allowance.burst) / (offeredRps - allowance.rps));
const MEASURED_S = scaledS(30);
const expectedCount = allowance.rps * MEASURED_S;

const admitted = new Counter('admitted');
const admittedOrLimited = http.expectedStatuses(200, 429);

const arrivals = (startS: number, seconds: number) => ({
  executor: 'constant-arrival-rate',
  rate: offeredRps,
  timeUnit: '1s',
  startTime: `${startS}s`,
  duration: `${seconds}s`,
  preAllocatedVUs: 20,
  maxVUs: offeredRps,
});

export const options = {
  scenarios: { drain: arrivals(0, DRAIN_S), limited: arrivals(DRAIN_S, MEASURED_S) },
  thresholds: {
    'admitted{scenario:limited}': [
      `count>=${Math.ceil(expectedCount * (1 - TOLERANCE))}`,
      `count<=${Math.floor(expectedCount * (1 + TOLERANCE))}`,
    ],
    http_req_failed: ['rate<0.01'],
    checks: ['rate>0.99'],
  },
};

export default function client(): void {
  const answer = http.get(target + path, { tags: { route: ROUTE }, responseCallback: admittedOrLimited });
  if (answer.status === 200) admitted.add(1);
  if (answer.status === 429) {
    check(answer, { 'says when to come back': ({ headers }) => Number(headers['Retry-After']) > 0 });
  }
}
