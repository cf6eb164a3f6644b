import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';

type Limits = GatewayConfig['rateLimit'];
type Limit = Exclude<NonNullable<RouteConfig['rateLimit']>, false | readonly unknown[]>;

/** What one client may ask for, as long as it likes and at once after a rest. */
export interface Allowance {
  /** Requests a second. */
  readonly rps: number;
  readonly burst: number;
}

/**
 * What the policies of a route's own let one client do: the narrowest of them. null for no limit. Overrides are not
 * looked at, since the client of a load test is like any other.
 */
export function ownAllowance({ rateLimit }: RouteConfig, limits: Limits): Allowance | null {
  if (rateLimit === undefined || rateLimit === false) return null;
  return narrowest(Array.isArray(rateLimit) ? rateLimit : [rateLimit as Limit], limits);
}

/** What the policies for all routes let one client do on all of them together. */
export function sharedAllowance(limits: Limits): Allowance | null {
  return narrowest([...(limits.preAuth === null ? [] : [limits.preAuth]), ...limits.policies], limits);
}

function narrowest(
  policies: readonly Pick<Limit, 'rps' | 'burst' | 'windowS' | 'cost' | 'shadow'>[],
  { enabled, defaults }: Limits,
): Allowance | null {
  if (!enabled) return null;
  let found: Allowance | null = null;
  for (const { rps, burst, windowS, cost, shadow } of policies) {
    if (shadow) continue;
    const most = burst ?? defaults.burst;
    const speed = windowS === undefined ? (rps ?? defaults.rps) : most / windowS;
    if (found === null || speed / cost < found.rps) found = { rps: speed / cost, burst: Math.floor(most / cost) };
  }
  return found;
}
