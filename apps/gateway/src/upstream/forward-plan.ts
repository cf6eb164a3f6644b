import type { GatewayConfig, RouteConfig, UpstreamConfig } from '../config/schema/gateway.schema.js';
import { isTimed } from '../pipeline/contract/phase-times.js';
import { fieldOf } from '../pipeline/contract/response-head.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { fnv1a } from './balance/fnv1a.js';
import type { DeadlineQueue } from './deadline-queue.js';
import type { Deadlines } from './deadlines.js';
import { compileRewrite } from './rewrite.js';
import type { Target } from './target.js';
import type { UpstreamGroup } from './upstream-group.js';
import type { UpstreamRegistry } from './upstream-registry.js';

/** Everything about forwarding that a route decides, worked out when the configuration is loaded. */
export interface ForwardPlan {
  /** The upstream of the route, or the one that was chosen for the request. */
  readonly upstream: (context: RequestContext) => UpstreamPlan;
  readonly bodyBytesMax: number;
  /** null forwards the path as it matched. */
  readonly rewrite: ((context: RequestContext) => string) | null;
  readonly deadline: DeadlineQueue | null;
  /** Somebody wants to know how long the phases took. */
  readonly timed: boolean;
}

export interface UpstreamPlan {
  readonly group: UpstreamGroup;
  readonly total: DeadlineQueue | null;
  readonly idleMs: number;
  host(context: RequestContext, target: Target): string;
  hash(context: RequestContext): number;
}

export function planForward(
  route: RouteConfig,
  config: GatewayConfig,
  registry: UpstreamRegistry,
  deadlines: Deadlines,
): ForwardPlan {
  return {
    upstream: planUpstreams(route, registry, deadlines),
    bodyBytesMax: route.bodyBytesMax ?? config.server.bodyBytesMax,
    rewrite: compileRewrite(route),
    deadline: deadlines.queue(route.timeoutMs ?? config.server.requestTimeoutMs),
    timed: isTimed(route, config),
  };
}

function planUpstreams(route: RouteConfig, registry: UpstreamRegistry, deadlines: Deadlines): ForwardPlan['upstream'] {
  if (route.weighted === undefined) {
    const plan = planUpstream(registry.get(route.upstream ?? ''), deadlines);
    return () => plan;
  }
  const plans = new Map(
    route.weighted.map(({ upstream }) => [upstream, planUpstream(registry.get(upstream), deadlines)]),
  );
  return ({ upstream }) => {
    const plan = plans.get(upstream);
    if (plan === undefined) throw new Error(`no upstream was chosen: ${JSON.stringify(upstream)}`);
    return plan;
  };
}

function planUpstream(group: UpstreamGroup, deadlines: Deadlines): UpstreamPlan {
  const { totalMs, idleMs } = group.config.timeouts;
  return {
    group,
    idleMs,
    total: totalMs === null ? null : deadlines.queue(totalMs),
    host: compileHost(group.config.hostHeader),
    hash: group.balancer.needsHash ? compileHash(group.config.hashOn) : () => 0,
  };
}

function compileHost(rule: string): UpstreamPlan['host'] {
  if (rule === 'target') return (_, target) => target.authority;
  if (rule === 'client') return (context, target) => context.head.authority || target.authority;
  return () => rule;
}

function compileHash(on: UpstreamConfig['hashOn']): UpstreamPlan['hash'] {
  if (on === 'ip') return ({ head }) => fnv1a(head.clientAddress);
  if (on === 'path') return ({ head }) => fnv1a(head.path);
  if ('header' in on) return ({ head }) => fnv1a(head.field(on.header) ?? head.clientAddress);
  return ({ head }) => fnv1a(cookieOf(head.raw, on.cookie) ?? head.clientAddress);
}

function cookieOf(raw: readonly string[], name: string): string | undefined {
  const prefix = `${name}=`;
  return fieldOf(raw, 'cookie')
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length);
}
