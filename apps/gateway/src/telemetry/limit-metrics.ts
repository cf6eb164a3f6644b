import { NumberRows, type MetricSource } from '@app/observability';
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
type Outcome = 'allow' | 'deny' | 'local';

/** Counts what limits did. `route` is the id of the route, so the series are bounded. */
export class LimitMetrics {
  private readonly counts = new NumberRows(3);
  private readonly routeIds: string[] = [];
  private readonly undecidedBy: Record<Outcome, number> = { allow: 0, deny: 0, local: 0 };

  constructor(private readonly held: () => number) {}

  listen(events: Events): void {
    events.on(requestWithinLimits, (context) => this.count(context, ALLOWED));
    events.on(requestOverLimit, (context) => this.count(context, REJECTED));
    events.on(requestOverShadowLimit, (context) => this.count(context, SHADOWED));
    events.on(limitsUndecided, (outcome) => {
      this.undecidedBy[outcome]++;
    });
  }

  sources(): MetricSource[] {
    return [
      {
        name: 'api_gateway_rate_limiter_allowed_total',
        help: 'Requests that were within all their limits, by route id.',
        type: 'counter',
        samples: () => this.samples(ALLOWED),
      },
      {
        name: 'api_gateway_rate_limiter_rejected_total',
        help: 'Requests that limits refused, by route id.',
        type: 'counter',
        samples: () => this.samples(REJECTED),
      },
      {
        name: 'api_gateway_rate_limiter_shadow_rejected_total',
        help: 'Times that a policy in shadow would have refused a request, by route id.',
        type: 'counter',
        samples: () => this.samples(SHADOWED),
      },
      {
        name: 'api_gateway_rate_limiter_undecided_total',
        help: 'Decisions that Redis did not give, by what was done instead: allow, deny or local.',
        type: 'counter',
        samples: () => Object.entries(this.undecidedBy).map(([outcome, value]) => ({ labels: { outcome }, value })),
      },
      {
        name: 'api_gateway_rate_limiter_active',
        help: 'Keys in memory that have used something of their limit.',
        type: 'gauge',
        samples: () => [{ labels: {}, value: this.held() }],
      },
    ];
  }

  private count({ route }: RequestContext, what: number): void {
    this.routeIds[route.index] = route.id;
    this.counts.row(route.index)[what]++;
  }

  private *samples(what: number): ReturnType<MetricSource['samples']> & Generator {
    for (const [route, row] of this.counts.entries()) {
      yield { labels: { route: this.routeIds[route] }, value: row[what] };
    }
  }
}
