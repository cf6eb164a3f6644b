import { NumberRows, type MetricSource, type WorkerMemory } from '@app/observability';
import {
  limitsUndecided,
  requestOverLimit,
  requestOverShadowLimit,
  requestWithinLimits,
} from '../admission/rate-limit.events.js';
import type { Events } from '../pipeline/contract/events.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';

const ALLOWED = 0;
const REJECTED = 1;
const SHADOWED = 2;
const OUTCOMES = ['allow', 'deny', 'local'] as const;

/** Counts what limits did. `route` is the id of the route, so the series are bounded. */
export class LimitMetrics {
  private readonly counts: NumberRows;
  private readonly undecided: NumberRows;

  /**
   * @param held keys in memory
   * @param routeIds by the index of the route
   */
  constructor(
    private readonly held: () => number,
    private readonly routeIds: readonly string[],
    memory: WorkerMemory | null,
  ) {
    this.counts = new NumberRows(3, memory && { memory, name: 'limits', rowsMax: routeIds.length });
    this.undecided = new NumberRows(OUTCOMES.length, memory && { memory, name: 'limits-undecided', rowsMax: 1 });
    // The series are there from the beginning.
    this.undecided.row(0);
  }

  listen(events: Events): void {
    events.on(requestWithinLimits, (context) => this.count(context, ALLOWED));
    events.on(requestOverLimit, (context) => this.count(context, REJECTED));
    events.on(requestOverShadowLimit, (context) => this.count(context, SHADOWED));
    events.on(limitsUndecided, (outcome) => {
      this.undecided.row(0)[OUTCOMES.indexOf(outcome)]++;
    });
  }

  sources(): MetricSource[] {
    return [
      {
        name: 'api_gateway_rate_limiter_allowed_total',
        help: 'Requests that were within all their limits, by route id.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.samples(ALLOWED),
      },
      {
        name: 'api_gateway_rate_limiter_rejected_total',
        help: 'Requests that limits refused, by route id.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.samples(REJECTED),
      },
      {
        name: 'api_gateway_rate_limiter_shadow_rejected_total',
        help: 'Times that a policy in shadow would have refused a request, by route id.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.samples(SHADOWED),
      },
      {
        name: 'api_gateway_rate_limiter_undecided_total',
        help: 'Decisions that Redis did not give, by what was done instead: allow, deny or local.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.undecidedSamples(),
      },
      {
        name: 'api_gateway_rate_limiter_active',
        help: 'Keys in memory that have used something of their limit.',
        type: 'gauge',
        combine: 'whole',
        samples: () => [{ labels: {}, value: this.held() }],
      },
    ];
  }

  private count({ route }: RequestContext, what: number): void {
    this.counts.row(route.index)[what]++;
  }

  private *samples(what: number): ReturnType<MetricSource['samples']> & Generator {
    for (const [route, row] of this.counts.entries()) {
      yield { labels: { route: this.routeIds[route] }, value: row[what] };
    }
  }

  private *undecidedSamples(): ReturnType<MetricSource['samples']> & Generator {
    for (const [, counts] of this.undecided.entries()) {
      for (let at = 0; at < OUTCOMES.length; at++) yield { labels: { outcome: OUTCOMES[at] }, value: counts[at] };
    }
  }
}
