import { RetryBudget, type WorkerMemory } from '@app/resilience';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import type { Breakers } from './breakers.js';
import { explainPerUpstream, perUpstream } from './per-upstream.js';
import { retryFor, RetryPolicy, type RetryConfig } from './retry.policy.js';

/** Tries failed requests again, within a share of the traffic. */
export class RetryStage implements Stage {
  readonly name = 'retry';
  private readonly budgets = new Map<string, RetryBudget>();

  /**
   * @param memory what the workers have in common; null when this one is alone
   * @param clockOffsetMs what makes of this thread's time that of all workers
   */
  constructor(
    private readonly breakers: Breakers,
    private readonly memory: WorkerMemory | null,
    private readonly clockOffsetMs: number,
  ) {}

  compile(route: RouteConfig, config: GatewayConfig): StageHooks | null {
    const timeoutMs = route.timeoutMs ?? config.server.requestTimeoutMs;
    const policyOf = perUpstream(route, (upstream) => {
      const { retry } = config.upstreams[upstream];
      const own = retry === null ? null : retryFor(route, retry);
      if (retry === null || own === null) return null;
      const policy = new RetryPolicy(own, this.budgetOf(upstream, retry), timeoutMs, upstream);
      return { policy, breaker: this.breakers.get(upstream) };
    });
    if (policyOf === null) return null;
    return {
      attempt(context) {
        if (context.attempts === 1) policyOf(context)?.policy.budget.deposit(context.startedAt);
        return undefined;
      },
      retry(context, status, failure, headers) {
        const found = policyOf(context);
        // A breaker that refuses would turn the reply that is here into a refusal.
        if (found === null || found.breaker?.admits === false) return -1;
        return found.policy.delay(context, status, failure, headers);
      },
      explain: () =>
        explainPerUpstream(route, (upstream) => {
          const { retry } = config.upstreams[upstream];
          const own = retry === null ? null : retryFor(route, retry);
          return own === null ? null : { ...own };
        }),
    };
  }

  /** All routes to an upstream share its budget, since it is the upstream that is spared. */
  private budgetOf(upstream: string, { budgetPercent, budgetMinPerS }: RetryConfig): RetryBudget {
    let budget = this.budgets.get(upstream);
    if (budget === undefined) {
      const { memory, clockOffsetMs } = this;
      const shared = memory && { memory, name: `retry-budgets/${upstream}`, clockOffsetMs };
      budget = new RetryBudget(budgetPercent, budgetMinPerS, shared);
      this.budgets.set(upstream, budget);
    }
    return budget;
  }
}
