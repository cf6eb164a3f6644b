import { HistogramRows, NumberRows, Slots, type MetricSource, type WorkerMemory } from '@app/observability';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { durationBounds } from './duration-bounds.js';

const METHODS = ['other', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'] as const;
const STATUSES_MAX = 64;
const methodSlots = new Map<string, number>(METHODS.map((method, slot) => [method, slot]));

// What gateways and services usually say. 499 is what nginx logs for a client that left before it was answered.
const STATUSES = [
  [101, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308],
  [400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 425, 426, 428, 429, 431],
  [499, 500, 501, 502, 503, 504, 508],
].flat();

/** Counts requests by route, method and status. `route` is the id of the route, so the series are bounded. */
export class RequestMetrics {
  private readonly counts: NumberRows;
  private readonly durations: HistogramRows;
  private readonly statuses: Slots;

  /**
   * @param active requests under way
   * @param routeIds by the index of the route
   * @param budgets p95 in milliseconds that each route may take, by its index; null for none. It bounds a bucket.
   */
  constructor(
    private readonly active: () => number,
    private readonly routeIds: readonly string[],
    budgets: readonly (number | null)[] = [],
    memory: WorkerMemory | null = null,
  ) {
    const bounds = budgets.map((p95Ms) => durationBounds(p95Ms));
    const usual = durationBounds(null);
    const shared = memory && { memory, name: 'requests', rowsMax: routeIds.length };
    this.statuses = new Slots(STATUSES_MAX, STATUSES, shared);
    this.counts = new NumberRows(METHODS.length * STATUSES_MAX, shared);
    this.durations = new HistogramRows(
      (row) => bounds[Math.floor(row / METHODS.length)] ?? usual,
      memory && { memory, name: 'request-durations', rowsMax: routeIds.length * METHODS.length },
    );
  }

  ended(context: RequestContext): void {
    const { index } = context.route;
    const method = methodSlots.get(context.head.method) ?? 0;
    const status = context.status === 0 ? 499 : context.status;
    this.counts.row(index)[method * STATUSES_MAX + this.statuses.of(status)]++;
    // An upgraded connection lasts as long as both sides like: that says nothing of how fast the route is.
    if (status === 101) return;
    const { startedAt, endedAt } = context;
    const seconds = (endedAt - startedAt) / 1000;
    this.durations.observe(index * METHODS.length + method, seconds, context.head.traceparent, endedAt);
  }

  sources(): MetricSource[] {
    const duration = 'api_gateway_request_duration_seconds';
    return [
      {
        name: 'api_gateway_requests_total',
        help: 'Requests answered, by method, route id and status; 499 when the client left before the reply.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.countSamples(),
      },
      {
        name: duration,
        help: 'Time from the request head to the end of the reply, in seconds; upgraded connections are left out.',
        type: 'histogram',
        combine: 'whole',
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
