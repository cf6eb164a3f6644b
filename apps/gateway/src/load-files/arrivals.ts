import { budgetOf } from '../config/route-budget.js';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';
import { ownAllowance, sharedAllowance } from './sustained-rate.js';
import { sampleRequest } from './sample-request.js';

/** Requests that come in a period of so many seconds. */
export interface Arrivals {
  readonly rate: number;
  readonly periodS: number;
}

/** Enough for a p95 within seconds, and no load. */
const RPS_MAX = 20;
/** Share of a limit that is asked for, so that what is measured is let in. */
const SHARE = 0.8;

/** How often each route with a budget is asked, so that neither its own limits nor those for all routes refuse. */
export function arrivals(config: GatewayConfig): ReadonlyMap<string, Arrivals> {
  const wanted = config.routes.flatMap((route): [string, number][] => {
    if (budgetOf(route, config) === null || sampleRequest(route) === null) return [];
    const own = ownAllowance(route, config.rateLimit);
    return [[route.id, Math.min(RPS_MAX, own === null ? RPS_MAX : own.rps * SHARE)]];
  });
  const shared = sharedAllowance(config.rateLimit);
  const sum = wanted.reduce((total, [, rps]) => total + rps, 0);
  const scale = shared === null ? 1 : Math.min(1, (shared.rps * SHARE) / sum);
  return new Map(wanted.map(([id, rps]) => [id, inWholeNumbers(rps * scale)]));
}

/** k6 takes whole numbers of requests, and whole seconds are easy to read. */
function inWholeNumbers(rps: number): Arrivals {
  return rps >= 1 ? { rate: Math.floor(rps), periodS: 1 } : { rate: 1, periodS: Math.ceil(1 / rps) };
}
