import type { MetricSource } from '../../telemetry/metrics.constants.js';

/** What has happened on one route since the start. */
export interface RouteReading {
  requests: number;
  /** Replies with 500 and above. */
  errors: number;
  limited: number;
  cacheHits: number;
  cacheLookups: number;
  /** Requests at or below each bound in seconds, cumulative; the last bound is Infinity. */
  readonly buckets: Map<number, number>;
}

/** The numbers of the gateway at one moment, summed up for people. */
export interface Reading {
  readonly atMs: number;
  readonly routes: ReadonlyMap<string, RouteReading>;
  readonly limiterKeys: number | null;
  readonly breakers: ReadonlyMap<string, number>;
}

const CACHE_HITS: ReadonlySet<unknown> = new Set(['hit', 'stale', 'revalidated', 'collapsed']);

/** Reads the sources that metrics are written from, by the names of the metrics. */
export function readSources(sources: readonly MetricSource[], atMs: number): Reading {
  const routes = new Map<string, RouteReading>();
  const breakers = new Map<string, number>();
  let limiterKeys: number | null = null;
  const of = (route: unknown): RouteReading => {
    const id = String(route);
    let reading = routes.get(id);
    if (reading === undefined) routes.set(id, (reading = emptyReading()));
    return reading;
  };
  for (const source of sources) {
    switch (source.name) {
      case 'api_gateway_requests_total':
        for (const { labels, value } of source.samples()) {
          of(labels.route).requests += value;
          if (Number(labels.status) >= 500) of(labels.route).errors += value;
        }
        break;
      case 'api_gateway_request_duration_seconds':
        for (const { labels, le, value } of source.samples()) {
          if (le === undefined) continue;
          const bound = le === '+Inf' ? Infinity : Number(le);
          const { buckets } = of(labels.route);
          buckets.set(bound, (buckets.get(bound) ?? 0) + value);
        }
        break;
      case 'api_gateway_rate_limiter_rejected_total':
        for (const { labels, value } of source.samples()) of(labels.route).limited += value;
        break;
      case 'api_gateway_rate_limiter_active':
        for (const { value } of source.samples()) limiterKeys = value;
        break;
      case 'api_gateway_cache_requests_total':
        for (const { labels, value } of source.samples()) {
          if (labels.result === 'bypass') continue;
          of(labels.route).cacheLookups += value;
          if (CACHE_HITS.has(labels.result)) of(labels.route).cacheHits += value;
        }
        break;
      case 'api_gateway_circuit_breaker_state':
        for (const { labels, value } of source.samples()) breakers.set(String(labels.upstream), value);
        break;
      default:
    }
  }
  return { atMs, routes, limiterKeys, breakers };
}

export function emptyReading(): RouteReading {
  return { requests: 0, errors: 0, limited: 0, cacheHits: 0, cacheLookups: 0, buckets: new Map() };
}

/** What has happened between two readings of a route. */
export function between(before: RouteReading, after: RouteReading): RouteReading {
  const buckets = new Map(
    [...after.buckets].map(([bound, count]) => [bound, count - (before.buckets.get(bound) ?? 0)]),
  );
  return {
    requests: after.requests - before.requests,
    errors: after.errors - before.errors,
    limited: after.limited - before.limited,
    cacheHits: after.cacheHits - before.cacheHits,
    cacheLookups: after.cacheLookups - before.cacheLookups,
    buckets,
  };
}

/**
 * Seconds that a share of the requests took at most, as Prometheus estimates it: on a straight line within the bucket.
 * null without requests; the last finite bound when it lies beyond.
 */
export function quantile(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const bounds = [...buckets].toSorted(([a], [b]) => a - b);
  const total = bounds.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = share * total;
  let lower = 0;
  let below = 0;
  for (const [bound, count] of bounds) {
    if (count >= rank) {
      if (bound === Infinity || count === below) return lower;
      return lower + ((bound - lower) * (rank - below)) / (count - below);
    }
    lower = bound;
    below = count;
  }
  return lower;
}
