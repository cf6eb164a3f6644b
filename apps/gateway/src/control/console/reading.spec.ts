import { describe, expect, it } from '@jest/globals';
import type { MetricSource } from '../../telemetry/metrics.constants.js';
import { between, emptyReading, quantile, readSources } from './reading.js';

function source(name: string, samples: ReturnType<MetricSource['samples']>): MetricSource {
  return { name, help: '', type: 'counter', samples: () => samples };
}

describe('a reading', () => {
  it('sums up each route over methods and statuses', () => {
    const duration = { method: 'GET', route: 'a' };
    const { routes, limiterKeys, breakers } = readSources(
      [
        source('api_gateway_requests_total', [
          { labels: { method: 'GET', route: 'a', status: 200 }, value: 5 },
          { labels: { method: 'PUT', route: 'a', status: '503' }, value: 2 },
          { labels: { method: 'GET', route: 'b', status: 404 }, value: 1 },
        ]),
        source('api_gateway_request_duration_seconds', [
          { labels: duration, le: '0.1', value: 4 },
          { labels: duration, le: '+Inf', value: 7 },
          { labels: duration, metricName: 'api_gateway_request_duration_seconds_sum', value: 1 },
        ]),
        source('api_gateway_rate_limiter_rejected_total', [{ labels: { route: 'a' }, value: 3 }]),
        source('api_gateway_rate_limiter_active', [{ labels: {}, value: 11 }]),
        source('api_gateway_cache_requests_total', [
          { labels: { route: 'a', result: 'hit' }, value: 3 },
          { labels: { route: 'a', result: 'miss' }, value: 1 },
          { labels: { route: 'a', result: 'bypass' }, value: 9 },
        ]),
        source('api_gateway_circuit_breaker_state', [{ labels: { upstream: 'u' }, value: 1 }]),
      ],
      0,
    );
    expect(routes.get('a')).toEqual({
      requests: 7,
      errors: 2,
      limited: 3,
      cacheHits: 3,
      cacheLookups: 4,
      buckets: new Map([
        [0.1, 4],
        [Infinity, 7],
      ]),
    });
    expect(routes.get('b')).toMatchObject({ requests: 1, errors: 0 });
    expect(limiterKeys).toBe(11);
    expect(breakers.get('u')).toBe(1);
  });

  it('tells what happened since another', () => {
    const before = { ...emptyReading(), requests: 2, buckets: new Map([[1, 2]]) };
    const after = { ...emptyReading(), requests: 5, errors: 1, buckets: new Map([[1, 4]]) };
    expect(between(before, after)).toMatchObject({ requests: 3, errors: 1, buckets: new Map([[1, 2]]) });
  });
});

describe('a quantile', () => {
  const buckets = new Map([
    [0.1, 50],
    [0.2, 90],
    [Infinity, 100],
  ]);

  it.each([
    [0.5, 0.1],
    [0.7, 0.15],
    [0.9, 0.2],
    [0.99, 0.2],
  ])('of %f lies on a line within its bucket', (share, seconds) => {
    expect(quantile(buckets, share)).toBeCloseTo(seconds);
  });

  it('of nothing is null', () => {
    expect(quantile(new Map(), 0.5)).toBeNull();
    expect(quantile(new Map([[Infinity, 0]]), 0.5)).toBeNull();
  });
});
