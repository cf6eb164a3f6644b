import type { RouteConfig } from '../config/schema/gateway.schema.js';

/** Protocols that clients of a route may upgrade to, lower-case. */
export function offersUpgrade(route: RouteConfig, protocol: string): boolean {
  return (protocol === 'websocket' && route.websocket) || route.upgrades.includes(protocol);
}
