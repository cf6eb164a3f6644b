import { describe, expect, it } from '@jest/globals';
import { parseConfigObject, type ConfigObject } from '../config/index.js';
import { parseFailures } from './backend/failure-rule.js';
import { parseLatency } from './backend/latency.js';
import { simulationOptions, type SimulateArguments } from './options.js';
import { KeyChoice } from './traffic/key-choice.js';
import type { Traffic } from './traffic/traffic.js';

const config: ConfigObject = {
  upstreams: { shop: { targets: [{ url: 'http://127.0.0.1:9' }] } },
  routes: [
    { id: 'a', match: { path: '/a' }, upstream: 'shop' },
    { id: 'b', match: { path: '/b' }, upstream: 'shop' },
  ],
};

function optionsOf(given: SimulateArguments, of = config) {
  return simulationOptions(parseConfigObject(of).config, 'r', { traffic: 'poisson:1', ...given }, '/');
}

function countHours(traffic: Traffic): number[] {
  const hours = new Array<number>(24).fill(0);
  for (let arrival = traffic.next(); arrival !== null; arrival = traffic.next())
    hours[Math.floor(arrival.atMs / 3_600_000)]++;
  return hours;
}

/** Of evenly spread draws. */
function quantiles(text: string, ...shares: number[]): number[] {
  const latency = parseLatency(text);
  const values = Array.from({ length: 10_000 }, (_, i) => latency((i + 0.5) / 10_000)).sort((a, b) => a - b);
  return shares.map((share) => Math.round(values[Math.floor(share * 10_000)]));
}

describe('Poisson traffic', () => {
  it('comes at the rate that was asked for, as irregularly as chance is', () => {
    const hours = countHours(optionsOf({ traffic: 'poisson:2' }).traffic);
    const mean = hours.reduce((sum, count) => sum + count, 0) / 24;
    expect(mean).toBeCloseTo(7_200, -2);
    const variance = hours.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 24;
    expect(variance / mean).toBeGreaterThan(0.3);
    expect(variance / mean).toBeLessThan(3);
  });

  it('has a quiet night and a busy afternoon when it has two rates', () => {
    const hours = countHours(optionsOf({ traffic: 'poisson:1-5' }).traffic);
    expect(hours[4] / 3_600).toBeCloseTo(1, 0);
    expect(hours[16] / 3_600).toBeCloseTo(5, 0);
    expect(hours.reduce((sum, count) => sum + count, 0) / 86_400).toBeCloseTo(3, 0);
  });

  it('spreads over the routes that were chosen', () => {
    const { traffic } = optionsOf({ route: 'a,b', traffic: 'poisson:10', duration: '1m' });
    const seen = new Set<string>();
    for (let arrival = traffic.next(); arrival !== null; arrival = traffic.next()) seen.add(arrival.route.id);
    expect([...seen].sort()).toEqual(['a', 'b']);
  });
});

describe('keys', () => {
  const counts = (text: string): number[] => {
    const choice = new KeyChoice(text);
    const found = new Map<string, number>();
    for (let i = 0; i < 1_000; i++) {
      const { key } = choice.pick(i / 1_000);
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    return [...found.values()];
  };

  it('are all alike, or few of them ask for most', () => {
    expect(counts('4')).toEqual([250, 250, 250, 250]);
    expect(counts('zipf:3')).toEqual([546, 273, 181]);
    expect(counts('zipf:2:2')).toEqual([800, 200]);
  });
});

describe('latencies', () => {
  it('are constant, even, exponential or log-normal', () => {
    expect(quantiles('20', 0, 0.5, 0.99)).toEqual([20, 20, 20]);
    expect(quantiles('10-30', 0, 0.5, 0.99)).toEqual([10, 20, 30]);
    expect(quantiles('exp:100', 0.5, 0.99)).toEqual([69, 461]);
    expect(quantiles('p50:20,p99:200', 0.5, 0.99)).toEqual([20, 200]);
  });
});

describe('failures', () => {
  it.each([
    ['fail:10:00-10:05:80%', { kind: 'fail', status: 503, fromMs: 36_000_000, toMs: 36_300_000, share: 0.8 }],
    ['500:1%', { kind: 'fail', status: 500, fromMs: 0, toMs: Infinity, share: 0.01 }],
    ['connect@shop:10m-12m', { kind: 'connect', upstream: 'shop', fromMs: 600_000, toMs: 720_000, share: 1 }],
    ['timeout:90-25:00:30', { kind: 'timeout', upstream: null, fromMs: 90_000, toMs: 90_030_000 }],
    ['slow:14:00-15:00:2.5x', { kind: 'slow', factor: 2.5, share: 1 }],
    ['fail', { kind: 'fail', fromMs: 0, toMs: Infinity, share: 1 }],
  ])('%s', (text, rule) => {
    expect(parseFailures(text, ['shop'])).toEqual([expect.objectContaining(rule)]);
  });
});

describe('a command line that makes no sense', () => {
  it.each<[SimulateArguments, string]>([
    [{ traffic: '' }, 'which traffic?'],
    [{ traffic: 'poisson:' }, 'must be poisson:RPS or poisson:LOW-HIGH'],
    [{ traffic: 'poisson:-5' }, 'must be poisson:RPS or poisson:LOW-HIGH'],
    [{ traffic: 'poisson:9-5' }, 'must be poisson:RPS or poisson:LOW-HIGH'],
    [{ traffic: 'poisson:1e9' }, 'must be poisson:RPS or poisson:LOW-HIGH'],
    [{ traffic: 'poisson:0-0' }, '0 a second is no traffic'],
    [{ traffic: 't.csv', keys: '5' }, '--keys goes with poisson'],
    [{ duration: '0s' }, '--duration "0s": must be a time up to 31 days'],
    [{ duration: '32d' }, 'up to 31 days'],
    [{ duration: 'a day' }, 'up to 31 days'],
    [{ seed: '-1' }, '--seed "-1": must be a whole number'],
    [{ seed: '99999999999999999999' }, 'must be a whole number'],
    [{ route: 'c' }, '--route: there is no route "c"'],
    [{ keys: '0' }, '--keys "0": must be N, zipf:N or zipf:N:EXPONENT'],
    [{ keys: '5:2' }, 'must be N, zipf:N or zipf:N:EXPONENT'],
    [{ 'latency-ms': 'fast' }, '--latency-ms "fast": must be N, LOW-HIGH, exp:MEAN or p50:N,p99:N'],
    [{ 'latency-ms': '30-10' }, 'must be N, LOW-HIGH'],
    [{ 'latency-ms': 'p50:9,p99:3' }, 'must be N, LOW-HIGH'],
    [
      { failures: 'break' },
      '--failures "break": must begin with fail, connect, timeout, slow or a status from 400 to 599',
    ],
    [{ failures: '' }, 'must be KIND'],
    [{ failures: '600' }, 'must begin with'],
    [{ failures: 'fail:10:05-10:00' }, 'the time must be FROM-TO'],
    [{ failures: 'fail:10:00' }, 'the time must be FROM-TO'],
    [{ failures: 'fail:101%' }, 'the share must be up to 100%'],
    [{ failures: 'fail:2x' }, 'fail takes a number with %, not 2x'],
    [{ failures: 'slow' }, 'how many times as slow is missing'],
    [{ failures: 'fail@shp' }, 'there is no upstream "shp"; did you mean "shop"?'],
  ])('%j', (given, message) => {
    expect(() => optionsOf(given)).toThrow(message);
  });

  it('is refused for a configuration without routes', () => {
    expect(() => optionsOf({}, {})).toThrow('the configuration has no routes');
  });
});
