import type { KeyHash, MemoryStore } from '@app/rate-limit';
import { compilePolicy, policiesOf } from '../../admission/limit-policy.js';
import { LimitSet } from '../../admission/limit-set.js';
import type { KeySource } from '../../admission/limit-key.js';
import { budgetOf } from '../../config/route-budget.js';
import type { GatewayConfig, RouteConfig } from '../../config/schema/gateway.schema.js';
import { retryFor, RetryPolicy } from '../../resilience/retry.policy.js';
import { RouteTally } from '../result/route-tally.js';
import type { SimulatedUpstream } from './simulated-upstream.js';

/** What all routes have in common. */
export interface RouteSurroundings {
  readonly config: GatewayConfig;
  readonly memory: MemoryStore;
  readonly hash: KeyHash;
  readonly upstreams: ReadonlyMap<string, SimulatedUpstream>;
  readonly random: () => number;
  readonly now: () => number;
}

/** One upstream of a route, with what the route makes of its policies. */
export interface RouteShare {
  readonly upstream: SimulatedUpstream;
  readonly weight: number;
  readonly retry: RetryPolicy | null;
  /** Time from the arrival of a request until it is given up; Infinity for no limit. */
  readonly deadlineMs: number;
}

/** A route with the policies that the gateway would compile for it. */
export class SimulatedRoute {
  readonly tally: RouteTally;
  /** Upstreams that share the traffic; none for a route that answers by itself. */
  readonly shares: readonly RouteShare[];
  readonly weights: number;
  /** What a route without an upstream answers. */
  readonly ownStatus: number;
  /** Whether callers are known by more than their address. */
  readonly identified: boolean;
  /** In the order in which they are asked. */
  private readonly limits: readonly LimitSet[];

  constructor(
    readonly config: RouteConfig,
    private readonly surroundings: RouteSurroundings,
  ) {
    this.tally = new RouteTally(config.id, budgetOf(config, surroundings.config));
    this.identified = config.auth !== undefined;
    this.limits = this.compileLimits();
    const shares = config.weighted ?? (config.upstream === undefined ? [] : [{ upstream: config.upstream, weight: 1 }]);
    this.shares = shares.filter(({ weight }) => weight > 0).map(({ upstream, weight }) => this.share(upstream, weight));
    this.weights = this.shares.reduce((sum, { weight }) => sum + weight, 0);
    this.ownStatus = config.respond?.status ?? config.redirect?.status ?? 200;
  }

  get id(): string {
    return this.config.id;
  }

  /** @returns the name of the limit that refuses, or null when the request is let through */
  limit(request: KeySource): string | null {
    const { memory, hash } = this.surroundings;
    for (const set of this.limits) {
      const charges = set.hashed(request, hash);
      const admitted = memory.decide(charges);
      let refusing: string | null = null;
      for (let i = 0; i < charges.length; i++) {
        if (!charges[i].refused) continue;
        if (charges[i].shadow) this.tally.shadow(set.policies[i].name);
        else refusing ??= set.policies[i].name;
      }
      if (!admitted) return refusing;
    }
    return null;
  }

  /** @param draw from 0 up to, not including, 1 */
  choose(draw: number): RouteShare {
    let at = draw * this.weights;
    for (const share of this.shares) {
      at -= share.weight;
      if (at < 0) return share;
    }
    return this.shares[this.shares.length - 1];
  }

  private compileLimits(): LimitSet[] {
    const { config, surroundings } = this;
    const { rateLimit } = surroundings.config;
    if (!rateLimit.enabled || config.rateLimit === false) return [];
    const { preAuth, policies } = rateLimit;
    const sets = [
      preAuth === null ? [] : [compilePolicy('pre-auth', preAuth, rateLimit, surroundings.memory)],
      [
        ...policies.map((policy) => compilePolicy('all', policy, rateLimit, surroundings.memory)),
        ...policiesOf(config).map((policy) =>
          compilePolicy(`route/${config.id}`, policy, rateLimit, surroundings.memory),
        ),
      ],
    ];
    return sets.filter((set) => set.length > 0).map((set) => new LimitSet(set, ''));
  }

  private share(name: string, weight: number): RouteShare {
    const { config, surroundings } = this;
    const { server, upstreams } = surroundings.config;
    const upstream = surroundings.upstreams.get(name) as SimulatedUpstream;
    const timeoutMs = config.timeoutMs ?? server.requestTimeoutMs;
    const { retry } = upstreams[name];
    const own = retry === null ? null : retryFor(config, retry);
    return {
      upstream,
      weight,
      retry:
        own === null || upstream.budget === null
          ? null
          : new RetryPolicy(own, upstream.budget, timeoutMs, name, surroundings.random, surroundings.now),
      deadlineMs: Math.min(timeoutMs === 0 ? Infinity : timeoutMs, upstream.totalMs),
    };
  }
}
