import type { RouteConfig } from '../../config/schema/gateway.schema.js';

/** A route as stages see it at run time. */
export interface RouteInfo {
  readonly id: string;
  /** Place in the configuration, for tables; requests without a route have the one after the last. */
  readonly index: number;
  readonly config: RouteConfig;
  /** Values of the named segments, and `*` for the tail, of a path that matched this route. */
  params(path: string): Readonly<Record<string, string>>;
}
