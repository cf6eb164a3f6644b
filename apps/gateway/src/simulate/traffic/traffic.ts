import type { RouteConfig } from '../../config/schema/gateway.schema.js';
import type { Caller } from './caller.js';

/** A request that comes. One object is filled in again for each. */
export interface Arrival {
  /** On the simulated clock, never before the one before it. */
  atMs: number;
  route: RouteConfig;
  caller: Caller;
  method: string;
  /** What the upstream answers to the first try; 0 leaves it to the model. */
  status: number;
  /** What the first try takes; below 0 leaves it to the model. */
  latencyMs: number;
}

/** Requests in the order in which they come. */
export interface Traffic {
  /** As it was asked for. */
  readonly description: string;
  /** Time of the simulated clock at which it begins. */
  readonly startMs: number;
  /** Time at which it ends; null when only its last request tells. */
  readonly endMs: number | null;
  /** @returns the next request, in the same object each time, or null at the end */
  next(): Arrival | null;
}

/** The method that a route is asked with when nobody says otherwise: GET, or the first that it takes. */
export function usualMethod({ match }: RouteConfig): string {
  return match.methods.length === 0 || match.methods.includes('GET') ? 'GET' : match.methods[0];
}
