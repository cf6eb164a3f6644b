import { firstValue, groupTag, joinedValue, originOf, parseCacheGroups, uriTag } from '@app/cache';
import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { ResponseHead } from '../pipeline/contract/response-head.js';

/** RFC 9110 section 9.2.1; PROPFIND, REPORT, SEARCH and QUERY are safe by their own definitions. */
const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND', 'REPORT', 'SEARCH']);

export function isUnsafe(method: string): boolean {
  return !safe.has(method);
}

/**
 * What the response to an unsafe request invalidates (RFC 9111 section 4.4, RFC 9875 section 3): nothing when it is an
 * error; else its URI, those that it names on the same origin, and groups.
 *
 * @param uri of the request, as keys have it
 */
export function invalidatedTags(
  { head: request }: RequestContext,
  { status, headers }: ResponseHead,
  uri: string,
): string[] {
  if (status < 200 || status > 399) return [];
  const origin = originOf(uri);
  const tags = [uriTag(uri)];
  for (const name of ['location', 'content-location']) {
    const target = firstValue(headers, name);
    const named = target === undefined ? null : resolve(target, request.path, origin);
    if (named !== null) tags.push(uriTag(named));
  }
  for (const group of parseCacheGroups(joinedValue(headers, 'cache-group-invalidation'))) {
    tags.push(groupTag(origin, group));
  }
  return tags;
}

/** @returns null for what lies on another origin: nobody invalidates for others */
function resolve(target: string, path: string, origin: string): string | null {
  const base = `${origin}${path}`;
  if (!URL.canParse(target, base)) return null;
  const url = new URL(target, base);
  return url.origin === new URL(origin).origin ? `${origin}${url.pathname}${url.search}` : null;
}

/** Whether some path belongs to both patterns: a change by the one may change what the other has stored. */
export function sharePaths(a: string, b: string): boolean {
  const left = a.split('/');
  const right = b.split('/');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    if (left[i] === '*' || right[i] === '*') return true;
    if (left[i] === undefined || right[i] === undefined) return left[i] === '*' || right[i] === '*';
    if (!left[i].startsWith(':') && !right[i].startsWith(':') && left[i] !== right[i]) return false;
  }
  return true;
}

/** Routes that ask an upstream, and may have it change something. */
export function mayChange({ match, respond, redirect }: RouteConfig): boolean {
  return (
    respond === undefined && redirect === undefined && (match.methods.length === 0 || match.methods.some(isUnsafe))
  );
}
