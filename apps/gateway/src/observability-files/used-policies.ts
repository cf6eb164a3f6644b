import type { GatewayConfig } from '../config/schema/gateway.schema.js';

/** Whether any upstream is asked through a breaker: without one, nothing is written that would watch it. */
export function hasBreakers({ circuitBreaker, upstreams }: GatewayConfig): boolean {
  return circuitBreaker.enabled && Object.values(upstreams).some(({ breaker }) => breaker !== null);
}
