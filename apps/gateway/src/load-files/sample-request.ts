import { TELLING_NAME } from '../config/mask-secrets.js';
import type { RouteConfig } from '../config/schema/gateway.schema.js';

/** A request that the route takes. */
export interface SampleRequest {
  readonly method: string;
  /** With a query where the route asks for one. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

type Condition = RouteConfig['match']['headers'][string];

/** What a load test sends for a part that may be anything. */
const ANYTHING = '1';

/** null for a route that cannot be asked for without knowing a secret, or only by an absence that others would fill. */
export function sampleRequest({ match }: RouteConfig): SampleRequest | null {
  const headers: Record<string, string> = {};
  if (match.hosts.length > 0) headers.host = match.hosts[0].replace(/^\*/, 'load');
  for (const [name, condition] of Object.entries(match.headers)) {
    const value = valueFor(condition);
    if (value === null) continue;
    if (TELLING_NAME.test(name)) return null;
    headers[name] = value;
  }
  const query: string[] = [];
  for (const [name, condition] of Object.entries(match.query)) {
    const value = valueFor(condition);
    if (value !== null) query.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  }
  const path = pathFor(match.path) + (query.length === 0 ? '' : `?${query.join('&')}`);
  return { method: match.methods[0] ?? 'GET', path, headers };
}

/** `/api/users/*` is `/api/users`, and a segment with a name is whatever one sends. */
function pathFor(pattern: string): string {
  const path = pattern.replace(/\/\*$/, '').replaceAll(/\/:[^/]+/g, `/${ANYTHING}`);
  return path === '' ? '/' : path;
}

/** A value that fulfils a condition; null when nothing has to be sent. */
function valueFor(condition: Condition): string | null {
  if (typeof condition === 'string') return condition;
  if ('exact' in condition) return condition.exact;
  if ('prefix' in condition) return condition.prefix;
  return condition.present ? ANYTHING : null;
}
