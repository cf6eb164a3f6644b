import { formatJson } from '../config/generate/json-text.js';
import type { TextFile } from '../config/generate/write-files.js';
import { budgetOf } from '../config/route-budget.js';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import { arrivals } from './arrivals.js';
import { routesUnderLoad } from './routes-under-load.js';
import { scenarioNames } from './scenario-names.js';

/** Connections that are open from the start, and at most, for each request a second: enough for answers within 1 s. */
const VUS_MIN_PER_RPS = 0.5;
const VUS_MAX_PER_RPS = 2;
const DURATION = '30s';

/** What holds a gateway with this configuration to its budgets: one module for k6 scripts. */
export function loadFiles(config: GatewayConfig): TextFile[] {
  return [{ path: 'budgets.ts', text: budgetsModule(config) }];
}

/** False when no route has a budget that traffic could be held to. */
export function hasBudgets(config: GatewayConfig): boolean {
  return Object.keys(thresholdsOf(config)).length > 0;
}

function budgetsModule(config: GatewayConfig): string {
  return `// Generated from the configuration by \`sluice generate load\`. Do not edit.

/** A route as a load test meets it. */
export interface RouteUnderLoad {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Statuses that the route answers with when all is well, the first and the last. */
  readonly statuses: readonly [number, number];
  /** Whether a token is looked at, and whether one is needed. */
  readonly token: 'none' | 'optional' | 'required';
  /** What the route's own limits let one client do. null for no limit. */
  readonly allowance: { readonly rps: number; readonly burst: number } | null;
  /** null for none: then there is no scenario and no threshold. */
  readonly budget: { readonly p95Ms: number; readonly errorRatePercent: number } | null;
}

/** Routes by their ids, without those that only a secret in a field leads to. */
export const routes: Readonly<Record<string, RouteUnderLoad>> = ${literal(routesUnderLoad(config))};

/** A scenario of k6 that asks for one route, as often as its limits allow with a fifth to spare, 20 times a second at most. */
export interface RouteScenario {
  executor: 'constant-arrival-rate';
  rate: number;
  timeUnit: string;
  duration: string;
  preAllocatedVUs: number;
  maxVUs: number;
  /** The function of the script that asks, for the route in \`__ENV.ROUTE\`. */
  exec: 'askRoute';
  env: { ROUTE: string };
  tags: { route: string };
}

/** One for each route with a budget. */
export const scenarios: Readonly<Record<string, RouteScenario>> = ${literal(scenariosOf(config))};

/** The budgets, as thresholds on what was tagged with the route. A budget that no traffic met is not kept. */
export const thresholds: Readonly<Record<string, string[]>> = ${literal(thresholdsOf(config))};
`;
}

function literal(value: unknown): string {
  return formatJson(value).trimEnd();
}

function scenariosOf(config: GatewayConfig): Record<string, unknown> {
  const names = scenarioNames(config.routes.map(({ id }) => id));
  return Object.fromEntries(
    [...arrivals(config)].map(([id, { rate, periodS }]): [string, object] => {
      const rps = rate / periodS;
      const scenario = {
        executor: 'constant-arrival-rate',
        rate,
        timeUnit: `${periodS}s`,
        duration: DURATION,
        preAllocatedVUs: Math.ceil(rps * VUS_MIN_PER_RPS),
        maxVUs: Math.ceil(rps * VUS_MAX_PER_RPS),
        exec: 'askRoute',
        env: { ROUTE: id },
        tags: { route: id },
      };
      return [names.get(id) ?? id, scenario];
    }),
  );
}

function thresholdsOf(config: GatewayConfig): Record<string, string[]> {
  const thresholds: Record<string, string[]> = {};
  const asked = arrivals(config);
  for (const route of config.routes) {
    const budget = budgetOf(route, config);
    if (budget === null || !asked.has(route.id)) continue;
    thresholds[`http_req_duration{route:${route.id}}`] = [`p(95)<${budget.p95Ms}`];
    thresholds[`http_req_failed{route:${route.id}}`] = [
      `rate<${Number((budget.errorRatePercent / 100).toPrecision(6))}`,
    ];
    thresholds[`http_reqs{route:${route.id}}`] = ['count>0'];
  }
  return thresholds;
}
