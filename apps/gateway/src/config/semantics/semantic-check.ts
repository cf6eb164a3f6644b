import type { ConfigProblem } from '../config-error.js';
import type { GatewayConfig, RouteConfig } from '../schema/gateway.schema.js';

/** Looks for mistakes that the schema cannot see, because they lie between values. Problems carry paths, not lines. */
export type SemanticCheck = (config: GatewayConfig) => ConfigProblem[];

/** A mistake in one route, before the path of the route is put in front. */
export interface RouteProblem {
  /** Keys below the route: `['match', 'path']`. */
  readonly at: readonly PropertyKey[];
  readonly message: string;
  readonly hint?: string;
}

export type RouteCheck = (route: RouteConfig, config: GatewayConfig) => RouteProblem[];
