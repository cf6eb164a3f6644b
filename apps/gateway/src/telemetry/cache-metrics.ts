import type { ResponseStore } from '@app/cache';
import { NumberRows, type MetricSource, type WorkerMemory } from '@app/observability';
import { cacheEvents } from '../caching/events.js';
import type { Events } from '../pipeline/contract/events.js';

const RESULTS = Object.keys(cacheEvents) as (keyof typeof cacheEvents)[];

/** Counts how requests on routes with a cache were answered, and tells what is held. */
export class CacheMetrics {
  private readonly counts: NumberRows;

  /** @param routeIds by the index of the route */
  constructor(
    events: Events,
    private readonly stored: ResponseStore,
    private readonly routeIds: readonly string[],
    memory: WorkerMemory | null,
  ) {
    this.counts = new NumberRows(RESULTS.length, memory && { memory, name: 'cache', rowsMax: routeIds.length });
    RESULTS.forEach((result, at) => {
      events.on(cacheEvents[result], ({ route }) => {
        this.counts.row(route.index)[at]++;
      });
    });
  }

  sources(): MetricSource[] {
    return [
      {
        name: 'api_gateway_cache_requests_total',
        help: 'Requests on routes with a cache, by result: hit, miss, stale, revalidated, bypass or collapsed.',
        type: 'counter',
        combine: 'whole',
        samples: () => this.countSamples(),
      },
      {
        name: 'api_gateway_cache_bytes',
        help: 'What stored responses take in memory.',
        type: 'gauge',
        samples: () => [{ labels: {}, value: this.stored.bytes }],
      },
      {
        name: 'api_gateway_cache_entries',
        help: 'Keys with stored responses in memory.',
        type: 'gauge',
        samples: () => [{ labels: {}, value: this.stored.size }],
      },
    ];
  }

  private *countSamples(): ReturnType<MetricSource['samples']> & Generator {
    for (const [route, row] of this.counts.entries()) {
      for (let at = 0; at < row.length; at++) {
        if (row[at] > 0) yield { labels: { route: this.routeIds[route], result: RESULTS[at] }, value: row[at] };
      }
    }
  }
}
