import { HistogramRows, NumberRows, Slots, type MetricSource } from '@app/observability';
import type { RequestContext } from '../pipeline/contract/request-context.js';

/** Upper bounds in seconds. */
const DURATION_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const METHODS = ['other', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'] as const;
const STATUSES_MAX = 64;
const methodSlots = new Map<string, number>(METHODS.map((method, slot) => [method, slot]));

/** Counts requests by route, method and status. `route` is the id of the route, so the series are bounded. */
export class RequestMetrics {
  private readonly counts = new NumberRows(METHODS.length * STATUSES_MAX);
  private readonly durations = new HistogramRows(DURATION_BOUNDS);
  private readonly statuses = new Slots(STATUSES_MAX);
  private readonly routeIds: string[] = [];

  constructor(private readonly active: () => number) {}

  ended(context: RequestContext): void {
    const { index, id } = context.route;
    this.routeIds[index] = id;
    const method = methodSlots.get(context.head.method) ?? 0;
    // 499 is what nginx logs for a client that left before it was answered.
    const status = context.status === 0 ? 499 : context.status;
    this.counts.row(index)[method * STATUSES_MAX + this.statuses.of(status)]++;
    this.durations.observe(index * METHODS.length + method, (performance.now() - context.startedAt) / 1000);
  }

  sources(): MetricSource[] {
    const duration = 'api_gateway_request_duration_seconds';
    return [
      {
        name: 'api_gateway_requests_total',
        help: 'Requests answered, by method, route id and status; 499 when the client left before the reply.',
        type: 'counter',
        samples: () => this.countSamples(),
      },
      {
        name: duration,
        help: 'Time from the request head to the end of the reply, in seconds.',
        type: 'histogram',
        samples: () => this.durations.samples(duration, (row) => this.labels(row)),
      },
      {
        name: 'api_gateway_active_requests',
        help: 'Requests under way, upgraded connections among them.',
        type: 'gauge',
        samples: () => [{ labels: {}, value: this.active() }],
      },
    ];
  }

  private *countSamples(): ReturnType<MetricSource['samples']> & Generator {
    for (const [route, row] of this.counts.entries()) {
      for (let at = 0; at < row.length; at++) {
        if (row[at] === 0) continue;
        const method = METHODS[Math.floor(at / STATUSES_MAX)];
        const status = this.statuses.name(at % STATUSES_MAX);
        yield { labels: { method, route: this.routeIds[route], status }, value: row[at] };
      }
    }
  }

  private labels(row: number): Record<string, string> {
    return { method: METHODS[row % METHODS.length], route: this.routeIds[Math.floor(row / METHODS.length)] };
  }
}
