import type { FastifyInstance, RouteOptions } from 'fastify';
import type { RequestHead } from '../pipeline/contract/request-head.js';
import { RouteTree } from '../routing/route-tree.js';
import { parsePathPattern } from '../routing/path-pattern.js';
import { isManagementPath } from '../pipeline/management-paths.js';

/** Tells which requests belong to controllers. They win over the routes of the gateway. */
export class ControllerPaths {
  private readonly tree = new RouteTree<true>();
  private count = 0;

  /** @param managementHere the control plane is served on the traffic port */
  constructor(private readonly managementHere: boolean) {}

  /** Learns every route that is registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }: RouteOptions) => {
      if (isManagementPath(url)) return;
      this.count++;
      const candidate = {
        value: true as const,
        methods: new Set([method].flat()),
        test: null,
        conditions: 0,
        priority: 0,
      };
      this.tree.add(parsePathPattern(url.startsWith('/') ? url : `/${url}`), candidate);
    });
  }

  owns(head: RequestHead): boolean {
    if (this.managementHere && isManagementPath(head.path)) return true;
    return this.count > 0 && this.tree.find(head, head.method) !== null;
  }
}
