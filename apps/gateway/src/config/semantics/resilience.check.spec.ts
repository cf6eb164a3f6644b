import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfigObject, type ConfigObject } from '../index.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];
type Route = NonNullable<ConfigObject['routes']>[number];

function mistakes(upstream: Partial<Upstream>, route: Partial<Route> = {}, top: object = {}): string[] {
  try {
    parseConfigObject({
      ...top,
      upstreams: { u: { targets: [{ url: 'http://127.0.0.1:9' }], ...upstream } },
      routes: [{ id: 'r', match: { path: '/' }, upstream: 'u', ...route }],
    });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('the settings of breakers, retries, bulkheads and passive health', () => {
  it('may be empty, which means their defaults', () => {
    expect(mistakes({ breaker: {}, retry: {}, bulkhead: {}, passiveHealth: {} })).toEqual([]);
  });

  it('may be null, which means none', () => {
    expect(mistakes({ breaker: null, retry: null, bulkhead: null, passiveHealth: null })).toEqual([]);
  });

  it.each<[string, Partial<Upstream>]>([
    ['breaker.failureRatePercent', { breaker: { failureRatePercent: 0 } }],
    ['breaker.failureRatePercent', { breaker: { failureRatePercent: 101 } }],
    ['breaker.volumeThreshold', { breaker: { volumeThreshold: 0 } }],
    ['breaker.windowMs', { breaker: { windowMs: 1 } }],
    ['breaker.resetMs', { breaker: { resetMs: 2 ** 31 } }],
    ['breaker.halfOpenProbes', { breaker: { halfOpenProbes: 0 } }],
    ['retry.attempts', { retry: { attempts: 1 } }],
    ['retry.attempts', { retry: { attempts: 1_000 } }],
    ['retry.on[0]', { retry: { on: [200] } }],
    ['retry.on', { retry: { on: [] } }],
    ['retry.methods[0]', { retry: { methods: ['P OST'] } }],
    ['retry.budgetPercent', { retry: { budgetPercent: -1 } }],
    ['retry.budgetMinPerS', { retry: { budgetMinPerS: Number.POSITIVE_INFINITY } }],
    ['bulkhead.concurrentMax', { bulkhead: { concurrentMax: 0 } }],
    ['bulkhead.queueMax', { bulkhead: { queueMax: -1 } }],
    ['bulkhead.queueTimeoutMs', { bulkhead: { queueTimeoutMs: 0 } }],
    ['passiveHealth.failuresInRow', { passiveHealth: { failuresInRow: 0 } }],
    ['panicThresholdPercent', { panicThresholdPercent: 101 }],
  ])('are refused where they mean nothing: %s', (path, upstream) => {
    const found = mistakes(upstream);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`upstreams.u.${path}: `);
  });

  it('are refused where a time begins above its maximum', () => {
    expect(mistakes({ retry: { baseMs: 500 }, passiveHealth: { ejectMs: 400_000 } })).toEqual([
      'upstreams.u.retry.baseMs: is longer than maxMs (upstream "u")',
      'upstreams.u.passiveHealth.ejectMs: is longer than ejectMaxMs (upstream "u")',
    ]);
  });

  it('are refused with the nearest name where a key is misspelt', () => {
    const found = mistakes({ breaker: { volumeTreshold: 3 } as never }, {}, { circuitBreaker: { enable: true } });
    expect(found).toHaveLength(2);
  });

  it('of a route are refused where its upstream has no retry', () => {
    expect(mistakes({}, { retry: { attempts: 3 } })).toEqual([
      'routes[0].retry: changes the retries of an upstream that has none (route "r")',
    ]);
    expect(mistakes({ retry: {} }, { retry: { attempts: 3 } })).toEqual([]);
    expect(mistakes({}, { retry: false })).toEqual([]);
  });
});
