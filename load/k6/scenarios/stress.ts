/**
 * More and more, step by step, to find the knee: the last rate that is served as fast as the budget says. A gateway
 * with limits would refuse long before: `make load` starts one without (RATE_LIMIT_ENABLED=false).
 */
import { routes } from '../../generated/budgets.ts';
import { ask } from '../ask-route.ts';
import { openSession, type Session } from '../credentials.ts';
import { scaledS } from '../length.ts';

export const setup = openSession;

const STEP_S = scaledS(10);
const ROUTE = 'users';
const STEPS_RPS = [250, 500, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000];
/** What every gateway without limits has to serve. */
const HELD_RPS = 1_000;
/** Users at once. Beyond the knee they all wait, and k6 counts what it could not send as dropped. */
const USERS_MAX = 300;

const p95Ms = routes[ROUTE].budget?.p95Ms ?? 500;

export const options = {
  scenarios: Object.fromEntries(
    STEPS_RPS.map((rate, step) => [
      `rps_${rate}`,
      {
        executor: 'constant-arrival-rate',
        rate,
        timeUnit: '1s',
        startTime: `${step * STEP_S}s`,
        duration: `${STEP_S}s`,
        gracefulStop: '1s',
        preAllocatedVUs: Math.min(USERS_MAX, rate / 10),
        maxVUs: USERS_MAX,
        exec: 'user',
      },
    ]),
  ),
  thresholds: {
    [`http_req_duration{scenario:rps_${HELD_RPS}}`]: [`p(95)<${p95Ms}`],
    [`http_req_failed{scenario:rps_${HELD_RPS}}`]: ['rate<0.01'],
    [`http_reqs{scenario:rps_${HELD_RPS}}`]: [`count>=${HELD_RPS * STEP_S * 0.99}`],
  },
};

export function user(session: Session): void {
  ask(ROUTE, session);
}
