import type { GatewayConfig, RouteConfig } from './schema/gateway.schema.js';

export type RouteBudget = NonNullable<RouteConfig['budget']>;

/** The budget of a route: its own, or that of all; null for none. */
export function budgetOf(route: RouteConfig, { telemetry }: GatewayConfig): RouteBudget | null {
  return route.budget === undefined ? telemetry.budget : route.budget;
}
