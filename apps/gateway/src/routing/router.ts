import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestHead } from '../pipeline/contract/request-head.js';
import { compileConditions } from './conditions.js';
import { matchedMethods } from './matched-methods.js';
import { parsePathPattern } from './path-pattern.js';
import { RouteTree } from './route-tree.js';

/**
 * Finds the route of a request. What is more specific wins, whatever the order in the file: first the host (exact,
 * then the longest wildcard, then none), then the path, then conditions, methods and priority. A host whose routes do
 * not match leaves the request to the less specific ones. Immutable: a reload makes a new one.
 */
export class Router<T> {
  private readonly exactHosts = new Map<string, RouteTree<T>>();
  private readonly wildcardHosts = new Map<string, RouteTree<T>>();
  private readonly anyHost = new RouteTree<T>();
  private readonly hostless: boolean;

  constructor(routes: Iterable<readonly [RouteConfig, T]>) {
    for (const [route, value] of routes) {
      const { match } = route;
      const pattern = parsePathPattern(match.path);
      const candidate = {
        value,
        methods: matchedMethods(match.methods),
        test: compileConditions(match),
        conditions: Object.keys(match.headers).length + Object.keys(match.query).length,
        priority: route.priority,
      };
      for (const tree of this.treesFor(match.hosts)) tree.add(pattern, candidate);
    }
    this.hostless = this.exactHosts.size === 0 && this.wildcardHosts.size === 0;
  }

  /** @param method the method to match; for a preflight, the one that it asks about */
  find(head: RequestHead, method: string): T | null {
    if (this.hostless) return this.anyHost.find(head, method);
    for (const tree of this.candidates(head.host)) {
      const found = tree.find(head, method);
      if (found !== null) return found;
    }
    return null;
  }

  /** Methods that routes take at the path of a request that none matched; empty when no route is there at all. */
  allowedMethods(head: RequestHead): string[] {
    const methods = new Set<string>();
    for (const tree of this.candidates(head.host)) tree.collectMethods(head, methods);
    return [...methods].sort();
  }

  private *candidates(host: string): Generator<RouteTree<T>> {
    const exact = this.exactHosts.get(host);
    if (exact !== undefined) yield exact;
    if (this.wildcardHosts.size > 0) {
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
        const tree = this.wildcardHosts.get(host.slice(dot + 1));
        if (tree !== undefined) yield tree;
      }
    }
    yield this.anyHost;
  }

  private treesFor(hosts: readonly string[]): RouteTree<T>[] {
    if (hosts.length === 0) return [this.anyHost];
    return hosts.map((name) => {
      const host = name.toLowerCase();
      const wildcard = host.startsWith('*.');
      const trees = wildcard ? this.wildcardHosts : this.exactHosts;
      const key = wildcard ? host.slice(2) : host;
      let tree = trees.get(key);
      if (tree === undefined) trees.set(key, (tree = new RouteTree<T>()));
      return tree;
    });
  }
}
