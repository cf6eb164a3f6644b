import type { RouteConfig } from '../config/schema/gateway.schema.js';
import { fillPath } from '../pipeline/contract/path-template.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';

/** Compiles the path that the upstream gets; null when it is the one that matched. */
export function compileRewrite(route: RouteConfig): ((context: RequestContext) => string) | null {
  const { rewrite } = route;
  if (rewrite === undefined) return null;
  if ('path' in rewrite) return (context) => fillPath(rewrite.path, context.params);
  const depth = rewrite.stripPrefix.split('/').filter((segment) => segment !== '').length;
  return (context) => stripSegments(context.head.path, depth);
}

/** The route matched below the prefix, so it can be taken away by counting segments. */
function stripSegments(path: string, depth: number): string {
  let at = 0;
  for (let i = 0; i < depth && at >= 0; i++) at = path.indexOf('/', at + 1);
  return at < 0 || depth === 0 ? (depth === 0 ? path : '/') : path.slice(at);
}
