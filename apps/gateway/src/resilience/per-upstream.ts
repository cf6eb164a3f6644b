import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';

/** Gives what the upstream of a request has; null where it has none. */
export type PerUpstream<T> = (context: RequestContext) => T | null;

/** @returns null when no upstream of the route has any, so that the stage stays out of its pipeline */
export function perUpstream<T>(route: RouteConfig, find: (upstream: string) => T | null): PerUpstream<T> | null {
  if (route.weighted === undefined) {
    const only = route.upstream === undefined ? null : find(route.upstream);
    return only === null ? null : () => only;
  }
  const found = new Map(route.weighted.map(({ upstream }) => [upstream, find(upstream)]));
  if ([...found.values()].every((value) => value === null)) return null;
  return ({ upstream }) => found.get(upstream) ?? null;
}

/** What `explain` says of a route: of its upstream, or of each that shares it, since which one is chosen by chance. */
export function explainPerUpstream(
  { upstream, weighted = [] }: RouteConfig,
  view: (upstream: string) => Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, unknown>> {
  if (upstream !== undefined) return view(upstream) ?? {};
  return Object.fromEntries(weighted.map((share) => [share.upstream, view(share.upstream)]));
}
