import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import { groupsBy } from '../budget-groups.js';
import { oneOf, share, type Window } from '../promql.js';
import type { AlertRule, RuleGroup, Severity } from './rule.js';

/** How fast a budget of 30 days is spent, and over which windows that is looked at. */
interface Burn {
  readonly factor: number;
  readonly long: Window;
  /** Ends the alert soon after its reason. */
  readonly short: Window;
  readonly severity: Severity;
  readonly spent: string;
}

/** The Site Reliability Workbook, chapter 5, table 5-8. */
const BURNS: readonly Burn[] = [
  { factor: 14.4, long: '1h', short: '5m', severity: 'page', spent: '2 % of a month’s budget in an hour' },
  { factor: 6, long: '6h', short: '30m', severity: 'page', spent: '5 % of a month’s budget in 6 hours' },
  { factor: 3, long: '1d', short: '2h', severity: 'ticket', spent: '10 % of a month’s budget in a day' },
  { factor: 1, long: '3d', short: '6h', severity: 'ticket', spent: '10 % of a month’s budget in 3 days' },
];

/** A ratio cannot pass 1: a budget that is generous enough would never be burnt at 14.4 times its rate. */
const RATIO_MAX = 0.95;
/** `p95Ms` lets 5 of 100 requests take longer. */
const SLOW_ALLOWED = 0.05;

/** Alerts that fire when a route spends its budget faster than a month allows: the faster, the louder. */
export function burnRateAlerts(config: GatewayConfig): RuleGroup[] {
  const errors = groupsBy(config, 'errorRatePercent').flatMap(({ value, routes }) =>
    BURNS.map((burn) => errorBurn(burn, value, routes)),
  );
  const slow = groupsBy(config, 'p95Ms').flatMap(({ value, routes }) =>
    BURNS.map((burn) => slowBurn(burn, value, routes)),
  );
  return errors.length === 0
    ? []
    : [
        { name: 'sluice-error-budgets', rules: errors },
        { name: 'sluice-latency-budgets', rules: slow },
      ];
}

function errorBurn(burn: Burn, errorRatePercent: number, routes: readonly string[]): AlertRule {
  return {
    ...burnAlert('RouteErrorBudgetBurning', 'api_gateway_errors', burn, errorRatePercent / 100, routes),
    summary: 'Route {{ $labels.route }} spends its error budget too fast',
    description:
      `{{ $value | humanizePercentage }} of the requests of the last ${burn.long} ended with 500 or above, ` +
      `where ${errorRatePercent} % may: ${burn.spent}.`,
    runbook: 'errors',
  };
}

function slowBurn(burn: Burn, p95Ms: number, routes: readonly string[]): AlertRule {
  return {
    ...burnAlert('RouteLatencyBudgetBurning', 'api_gateway_slow', burn, SLOW_ALLOWED, routes),
    summary: 'Route {{ $labels.route }} spends its latency budget too fast',
    description:
      `{{ $value | humanizePercentage }} of the requests of the last ${burn.long} took longer than ${p95Ms} ms, ` +
      `where 5 % may: ${burn.spent}.`,
    runbook: 'high-latency',
  };
}

function burnAlert(
  alert: string,
  metric: string,
  { factor, long, short, severity }: Burn,
  allowed: number,
  routes: readonly string[],
): Pick<AlertRule, 'alert' | 'conditions' | 'severity' | 'labels'> {
  const than = share(Math.min(factor * allowed, RATIO_MAX));
  const conditions = [long, short].map((window) => ({
    expr: `route:${metric}:ratio_rate${window}{${oneOf('route', routes)}}`,
    is: '>' as const,
    than,
  }));
  return { alert, conditions, severity, labels: { window: long } };
}
