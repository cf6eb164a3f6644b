import type { GatewayConfig, RouteConfig } from '../../config/schema/gateway.schema.js';

/** Whether the line of a request in the log is wanted. */
export function isLogged(route: RouteConfig, { telemetry }: GatewayConfig): boolean {
  return route.log?.requests ?? telemetry.logs.requests;
}

/** Whether somebody wants to know when the phases of a route's requests began: it is written down only then. */
export function isTimed(route: RouteConfig, config: GatewayConfig): boolean {
  return config.telemetry.metrics || config.telemetry.tracing.enabled || isLogged(route, config);
}
