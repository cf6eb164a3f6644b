import type { ConfigProblem } from '../config-error.js';
import { formatPath } from '../config-path.js';
import type { GatewayConfig } from '../schema/gateway.schema.js';

/** What is allowed and probably not meant. */
export function findWarnings({ routes, upstreams }: GatewayConfig): ConfigProblem[] {
  if (routes.length === 0) return [{ path: 'routes', message: 'is empty: every request gets 404' }];
  const used = new Set(
    routes.flatMap(({ upstream, weighted }) => [upstream, ...(weighted ?? []).map((w) => w.upstream)]),
  );
  const unused = Object.keys(upstreams)
    .filter((name) => !used.has(name))
    .map((name) => ({ path: formatPath(['upstreams', name]), message: 'is used by no route' }));
  const idle = routes.flatMap((route, index) => {
    if (route.respond === undefined && route.redirect === undefined) return [];
    return (['rewrite', 'timeoutMs', 'retry', 'cache'] as const)
      .filter((key) => route[key] !== undefined)
      .map((key) => ({
        path: formatPath(['routes', index, key]),
        message: `has no effect, since no upstream is asked (route "${route.id}")`,
      }));
  });
  return [...unused, ...idle];
}
