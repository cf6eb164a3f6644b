import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import { LimitAdmission } from './limit-admission.js';
import { compilePolicy, policiesOf } from './limit-policy.js';
import type { LimitStores } from './limit-stores.js';

/** A limit by address, before anybody looks at credentials. Only its refusals tell of it. */
export class PreAuthRateLimitStage implements Stage {
  readonly name = 'pre-auth-rate-limit';

  constructor(private readonly stores: LimitStores) {}

  compile(route: RouteConfig, { rateLimit }: GatewayConfig): StageHooks | null {
    const { preAuth, enabled, headers, policies } = rateLimit;
    if (!enabled || preAuth === null || route.rateLimit === false) return null;
    const policy = compilePolicy('pre-auth', preAuth, rateLimit, this.stores.memory);
    const admission = new LimitAdmission(this.stores, [policy], {
      tells: headers ? 'refusals' : 'nothing',
      // Where another limit follows, that one counts what was let through.
      counts: policies.length + policiesOf(route).length === 0,
      slot: '',
    });
    return { request: (context) => admission.admit(context), explain: (context) => admission.explain(context) };
  }
}
