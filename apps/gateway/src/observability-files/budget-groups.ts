import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import { budgetOf, type RouteBudget } from '../config/route-budget.js';

/** Routes that share a figure of their budget: one rule serves them all. */
export interface BudgetGroup {
  readonly value: number;
  readonly routes: readonly string[];
}

export function groupsBy(config: GatewayConfig, figure: keyof RouteBudget): BudgetGroup[] {
  const groups = new Map<number, string[]>();
  for (const route of config.routes) {
    const value = budgetOf(route, config)?.[figure];
    if (value === undefined) continue;
    const routes = groups.get(value);
    if (routes === undefined) groups.set(value, [route.id]);
    else routes.push(route.id);
  }
  return [...groups].map(([value, routes]) => ({ value, routes }));
}

/** The bound of the bucket that ends at a budget, as the gateway writes it in `le`. */
export function bucketAt(p95Ms: number): string {
  const seconds = p95Ms / 1000;
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds);
}
