import type { GatewayConfig, RouteConfig } from '../../config/schema/gateway.schema.js';
import { budgetOf } from '../../config/route-budget.js';
import type { Dashboard, Panel, Row } from './dashboard.js';
import { errorShare, latency, requestsByStatus } from './panels.js';

/** Above this many routes, rows are closed until somebody opens one. */
const OPEN_ROWS_MAX = 12;

/** A row for each route, with its budget as the line that must not be crossed. */
export function routesDashboard(config: GatewayConfig): Dashboard {
  const collapsed = config.routes.length > OPEN_ROWS_MAX;
  return {
    uid: 'sluice-routes',
    title: 'Sluice: routes',
    rows: config.routes.map((route) => ({ ...rowOf(route, config), collapsed })),
  };
}

function rowOf(route: RouteConfig, config: GatewayConfig): Row {
  const budget = budgetOf(route, config);
  const matcher = `,route="${route.id}"`;
  const panels = [
    requestsByStatus('Requests by status', matcher),
    errorShare('Share of 5xx', matcher, budget === null ? undefined : budget.errorRatePercent / 100),
    latency('Duration', matcher, budget === null ? undefined : budget.p95Ms / 1000),
  ];
  if (budget === null) return { title: `${route.id}: no budget`, panels };
  return {
    title: `${route.id}: p95 within ${budget.p95Ms} ms, at most ${budget.errorRatePercent} % errors`,
    panels: [...panels, burnPanel(route.id, budget.errorRatePercent / 100)],
  };
}

/** At 1 a budget is spent exactly as fast as a month allows. */
function burnPanel(route: string, errorsAllowed: number): Panel {
  return {
    title: 'Budget burnt, times what is sustainable',
    unit: 'short',
    limit: 1,
    help: 'Over the last hour. At 14.4 a month’s budget is gone in two days.',
    queries: [
      { expr: `route:api_gateway_errors:ratio_rate1h{route="${route}"} / ${errorsAllowed}`, legend: 'errors' },
      { expr: `route:api_gateway_slow:ratio_rate1h{route="${route}"} / 0.05`, legend: 'latency' },
    ],
  };
}
