import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestHead } from '../pipeline/contract/request-head.js';
import { compileConditions } from './conditions.js';
import { matchedMethods } from './matched-methods.js';
import { matchesPath, parsePathPattern } from './path-pattern.js';

/** Why a route does not take a request. */
export interface Mismatch {
  readonly part: 'host' | 'path' | 'method' | 'header' | 'query';
  readonly wanted: string;
}

/** @returns everything that keeps the route from taking the request; empty when it could, and a more specific one does */
export function explainMatch({ match }: RouteConfig, head: RequestHead, method: string): Mismatch[] {
  const found: Mismatch[] = [];
  if (!matchesHost(match.hosts, head.host)) found.push({ part: 'host', wanted: match.hosts.join(', ') });
  if (!matchesPath(parsePathPattern(match.path), head.path)) found.push({ part: 'path', wanted: match.path });
  if (matchedMethods(match.methods)?.has(method) === false) {
    found.push({ part: 'method', wanted: match.methods.join(', ') });
  }
  // The values of conditions may be secret, their names are not.
  for (const part of ['headers', 'query'] as const) {
    for (const [name, condition] of Object.entries(match[part])) {
      const one = { ...match, headers: {}, query: {}, [part]: { [name]: condition } };
      if (compileConditions(one)?.(head) === false) {
        found.push({ part: part === 'query' ? 'query' : 'header', wanted: name });
      }
    }
  }
  return found;
}

function matchesHost(hosts: readonly string[], host: string): boolean {
  if (hosts.length === 0) return true;
  return hosts
    .map((name) => name.toLowerCase())
    .some((name) =>
      name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length > name.length - 1 : name === host,
    );
}
