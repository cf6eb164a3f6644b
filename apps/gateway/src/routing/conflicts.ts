import type { RouteConfig } from '../config/schema/gateway.schema.js';
import { excludeEachOther } from './conditions.js';
import { matchedMethods } from './matched-methods.js';
import { parsePathPattern, shapeOf } from './path-pattern.js';

export interface RouteConflict {
  /** Places of the two routes in the configuration. */
  readonly indexes: readonly [number, number];
  readonly message: string;
}

/**
 * Pairs of routes that are equally specific and could both take one request, so that only chance would decide. Routes
 * are compared within one host and path shape, which keeps a thousand routes cheap.
 */
export function findConflicts(routes: readonly RouteConfig[]): RouteConflict[] {
  const groups = new Map<string, number[]>();
  routes.forEach((route, index) => {
    const shape = shapeOf(parsePathPattern(route.match.path));
    const hosts = route.match.hosts.length > 0 ? route.match.hosts : [''];
    for (const host of new Set(hosts.map((name) => name.toLowerCase()))) {
      const key = `${host} ${shape}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [index]);
      else group.push(index);
    }
  });
  const conflicts = new Map<string, RouteConflict>();
  for (const group of groups.values()) {
    for (let i = 0; i < group.length; i++) {
      for (let j = i + 1; j < group.length; j++) {
        const [first, second] = [group[i], group[j]];
        if (collide(routes[first], routes[second])) {
          conflicts.set(`${first} ${second}`, {
            indexes: [first, second],
            message:
              `routes "${routes[first].id}" and "${routes[second].id}" match the same requests; ` +
              'tell them apart by host, path, methods or conditions, or give one a higher priority',
          });
        }
      }
    }
  }
  return [...conflicts.values()];
}

function collide(a: RouteConfig, b: RouteConfig): boolean {
  if (a.priority !== b.priority || countConditions(a) !== countConditions(b)) return false;
  if (excludeEachOther(a.match, b.match)) return false;
  const [first, second] = [matchedMethods(a.match.methods), matchedMethods(b.match.methods)];
  if (first === null || second === null) return first === second;
  return [...first].some((method) => second.has(method));
}

function countConditions(route: RouteConfig): number {
  return Object.keys(route.match.headers).length + Object.keys(route.match.query).length;
}
