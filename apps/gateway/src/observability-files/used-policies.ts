import type { GatewayConfig } from '../config/schema/gateway.schema.js';

// Where nothing uses a policy, nothing is written that would watch it.

export function hasBreakers({ circuitBreaker, upstreams }: GatewayConfig): boolean {
  return circuitBreaker.enabled && Object.values(upstreams).some(({ breaker }) => breaker !== null);
}

export function hasLimits({ rateLimit, routes }: GatewayConfig): boolean {
  const anywhere = rateLimit.preAuth !== null || rateLimit.policies.length > 0;
  return (
    rateLimit.enabled &&
    (anywhere || routes.some((route) => route.rateLimit !== undefined && route.rateLimit !== false))
  );
}

export function hasCaches({ cache, routes }: GatewayConfig): boolean {
  return cache.enabled && routes.some((route) => route.cache?.enabled === true);
}
