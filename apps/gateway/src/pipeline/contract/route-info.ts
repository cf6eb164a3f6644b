import type { RouteConfig } from '../../config/schema/gateway.schema.js';

/** A route as stages see it at run time. */
export interface RouteInfo {
  readonly id: string;
  /** Place in the configuration, for tables; requests without a route have the one after the last. */
  readonly index: number;
  readonly config: RouteConfig;
  /**
   * Values of the named segments, and `*` for the rest, of a path that matched this route. There is no `*` when the
   * path ends where the rest would begin: `/a` under `/a/*`.
   */
  params(path: string): Readonly<Record<string, string>>;
}
