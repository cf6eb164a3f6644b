/** A script of load/k6/scenarios. */
export interface Scenario {
  readonly name: string;
  /** What it does, as the list and the report say it. */
  readonly description: string;
  /** What the gateway is started with besides the demo's configuration, when it is started here. */
  readonly environment: Readonly<Record<string, string>>;
}

const DEMO: Scenario['environment'] = {};
/** A limit would be met long before the knee. */
const WITHOUT_LIMITS: Scenario['environment'] = { RATE_LIMIT_ENABLED: 'false' };

export const scenarios: readonly Scenario[] = [
  scenario('ramp', '20, 50, then 100 users who ask for the health once a second, 3.5 minutes'),
  scenario('smoke', 'a little of everything, 10 seconds'),
  scenario('steady', 'every route with a budget as often as its limits allow, 2 minutes'),
  scenario('stress', 'more and more requests a second, to find the knee, 80 seconds', WITHOUT_LIMITS),
  scenario('spike', 'calm, fifty times as much at once, calm again, 40 seconds'),
  scenario('soak', 'the budgets while memory and keys are watched, 30 minutes'),
  scenario('rate-limit', 'half as much again as a limit allows: as many are let in as it says, 40 seconds'),
  scenario('breaker-open', 'an upstream that fails until its breaker refuses at once, 20 seconds'),
  scenario('cache', 'a cached route, 25 seconds'),
  scenario('authenticated', 'users with a token who read, write and delete, 30 seconds'),
  scenario('event-stream', 'fifty listeners to server-sent events, 20 seconds'),
];

function scenario(name: string, description: string, environment = DEMO): Scenario {
  return { name, description, environment };
}
