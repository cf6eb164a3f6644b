import { REFUSED } from '@app/resilience';
import type { RouteConfig } from '../config/schema/gateway.schema.js';
import type { Stage, StageHooks } from '../pipeline/contract/stage.js';
import { problems } from '../problems/registry.js';
import type { Breakers } from './breakers.js';
import { explainPerUpstream, perUpstream } from './per-upstream.js';
import { Refusals } from './refusals.js';

/** Stops asking an upstream that fails, and finds out when it no longer does. */
export class BreakerStage implements Stage {
  readonly name = 'breaker';

  constructor(private readonly breakers: Breakers) {}

  compile(route: RouteConfig): StageHooks | null {
    const breakerOf = perUpstream(route, (upstream) => this.breakers.get(upstream) ?? null);
    if (breakerOf === null) return null;
    const refusals = new Refusals(problems.breakerOpen);
    return {
      // Before the exchange is made, which would be all that a refusal costs.
      request(context) {
        const breaker = breakerOf(context);
        return breaker === null || breaker.admits ? undefined : refusals.in(breaker.retryInMs);
      },
      attempt(context) {
        const breaker = breakerOf(context);
        if (breaker === null) return undefined;
        context.breakerPass = breaker.enter();
        return context.breakerPass === REFUSED ? refusals.in(breaker.retryInMs) : undefined;
      },
      settle(context, status, failure) {
        const breaker = breakerOf(context);
        if (breaker === null) return;
        if (failure === null) breaker.leave(context.breakerPass, status >= 500);
        else if (failure === 'aborted' || failure === 'request-failed') breaker.forgo(context.breakerPass);
        else breaker.leave(context.breakerPass, true);
      },
      broken(context, failure) {
        // A 5xx that broke off has failed once already.
        if (failure === 'aborted' || failure === 'request-failed' || context.upstreamStatus >= 500) return;
        breakerOf(context)?.revoke(context.breakerPass);
      },
      explain: () =>
        explainPerUpstream(route, (upstream) => {
          const breaker = this.breakers.get(upstream);
          return breaker === undefined ? null : { ...breaker.settings, state: breaker.state, forced: breaker.forced };
        }),
    };
  }
}
