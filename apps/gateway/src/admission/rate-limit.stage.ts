import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import { LimitAdmission, limitFields } from './limit-admission.js';
import { compilePolicy, policiesOf } from './limit-policy.js';
import type { LimitStores } from './limit-stores.js';

/** The limits of a route and those for all routes, by whoever the request has proven to come from. */
export class RateLimitStage implements Stage {
  readonly name = 'rate-limit';

  constructor(private readonly stores: LimitStores) {}

  compile(route: RouteConfig, config: GatewayConfig): StageHooks | null {
    const { rateLimit } = config;
    const own = policiesOf(route);
    if (!rateLimit.enabled || route.rateLimit === false || rateLimit.policies.length + own.length === 0) return null;
    const policies = [
      ...rateLimit.policies.map((policy) => compilePolicy('all', policy, rateLimit, this.stores.memory)),
      ...own.map((policy) => compilePolicy(`route/${route.id}`, policy, rateLimit, this.stores.memory)),
    ];
    const slot = this.stores.clustered ? slotOf(route, config) : '';
    const admission = new LimitAdmission(this.stores, policies, {
      tells: rateLimit.headers ? 'replies' : 'nothing',
      counts: true,
      slot,
    });
    return {
      request: (context) => admission.admit(context),
      explain: (context) => admission.explain(context),
      ...(rateLimit.headers
        ? { response: (context, { headers }): void => context.get(limitFields)?.writeTo(headers) }
        : {}),
    };
  }
}

/**
 * One script decides all limits of a request, and in a cluster all of its keys must lie in one slot. Policies for all
 * routes meet the policies of every route, so that they share a slot with all of them; otherwise each route that has
 * several policies has a slot of its own, and a policy that meets no other is spread by its keys.
 */
function slotOf(route: RouteConfig, { rateLimit, routes }: GatewayConfig): string {
  const global = rateLimit.policies.length;
  if (global > 1 || (global === 1 && routes.some((each) => policiesOf(each).length > 0))) return 'all';
  return policiesOf(route).length > 1 ? route.id : '';
}
