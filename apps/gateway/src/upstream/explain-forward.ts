import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { ForwardPlan } from './forward-plan.js';

/** Which target would be asked, and for what, if the request came now. */
export function explainForward(
  route: RouteConfig,
  plan: ForwardPlan,
  context: RequestContext,
): Readonly<Record<string, unknown>> {
  const path = plan.rewrite === null ? context.head.path : plan.rewrite(context);
  const asked = {
    path: path + context.head.query,
    bodyBytesMax: plan.bodyBytesMax,
    timeoutMs: plan.deadline?.timeoutMs ?? null,
  };
  // With several upstreams one is chosen for each request, at random.
  if (route.upstream === undefined) return asked;
  const upstream = plan.upstream(context);
  const { group } = upstream;
  return {
    upstream: group.name,
    target: group.preview(upstream.hash(context)).origin,
    balance: group.config.balance,
    timeouts: group.config.timeouts,
    ...asked,
  };
}
