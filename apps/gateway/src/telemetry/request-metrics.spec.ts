import { describe, expect, it } from '@jest/globals';
import type { Sample } from '@app/observability';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { durationBounds } from './duration-bounds.js';
import { RequestMetrics } from './request-metrics.js';

const traceparent = `00-${'a'.repeat(32)}-00f067aa0ba902b7-01`;

function ended(metrics: RequestMetrics, { index = 0, id = 'users', status = 200, method = 'GET' } = {}): void {
  const context = { route: { index, id }, status, head: { method, traceparent }, startedAt: 1_000, endedAt: 1_004 };
  metrics.ended(context as unknown as RequestContext);
}

function samplesOf(metrics: RequestMetrics, name: string): Sample[] {
  const source = metrics.sources().find((candidate) => candidate.name === name);
  return [...(source?.samples() ?? [])];
}

describe('the metrics of requests', () => {
  it('count methods that nobody has heard of as one', () => {
    const metrics = new RequestMetrics(() => 0, ['users']);
    for (let at = 0; at < 100_000; at++) ended(metrics, { method: `ODD-${at}` });
    expect(samplesOf(metrics, 'api_gateway_requests_total')).toEqual([
      { labels: { method: 'other', route: 'users', status: '200' }, value: 100_000 },
    ]);
  });

  it('count a client that left before it was answered as 499', () => {
    const metrics = new RequestMetrics(() => 0, ['users']);
    ended(metrics, { status: 0 });
    expect(samplesOf(metrics, 'api_gateway_requests_total')[0].labels.status).toBe('499');
  });

  it('keep the usual statuses apart, however many odd ones came before', () => {
    const metrics = new RequestMetrics(() => 0, ['users']);
    for (let status = 600; status < 999; status++) ended(metrics, { status });
    ended(metrics, { status: 503 });
    const statuses = samplesOf(metrics, 'api_gateway_requests_total').map(({ labels }) => labels.status);
    expect(statuses).toContain('503');
    expect(statuses.length).toBeLessThanOrEqual(64);
  });

  it('have a bound at the budget of each route', () => {
    const metrics = new RequestMetrics(() => 0, ['a', 'b', '-'], [75, null]);
    ended(metrics, { index: 0, id: 'a' });
    ended(metrics, { index: 1, id: 'b' });
    ended(metrics, { index: 2, id: '-' });
    const with75Ms = samplesOf(metrics, 'api_gateway_request_duration_seconds').filter(({ le }) => le === '0.075');
    expect(with75Ms.map(({ labels }) => labels.route)).toEqual(['a']);
  });

  it('measure no upgraded connection', () => {
    const metrics = new RequestMetrics(() => 0, ['users']);
    ended(metrics, { status: 101 });
    expect(samplesOf(metrics, 'api_gateway_request_duration_seconds')).toEqual([]);
    expect(samplesOf(metrics, 'api_gateway_requests_total')).toHaveLength(1);
  });
});

describe('the bounds of durations', () => {
  it('are the usual ones where the budget is one of them', () => {
    expect(durationBounds(500)).toBe(durationBounds(null));
  });

  it('are in rising order, the budget among them, and one list for one budget', () => {
    const bounds = durationBounds(30_000);
    expect(bounds.at(-1)).toBe(30);
    expect([...durationBounds(75)].sort((a, b) => a - b)).toEqual(durationBounds(75));
    expect(durationBounds(30_000)).toBe(bounds);
  });
});
