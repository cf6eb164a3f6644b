import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigObject, type ConfigObject } from '../../config/index.js';
import { simulationOptions, type SimulateArguments } from '../options.js';
import type { SimulationResult } from '../result/simulation-result.js';
import { simulate } from './simulation.js';

type Route = NonNullable<ConfigObject['routes']>[number];
type Upstream = NonNullable<ConfigObject['upstreams']>[string];

const target = { targets: [{ url: 'http://127.0.0.1:9' }] };

function configOf(upstream: Partial<Upstream> = {}, route: Partial<Route> = {}, more: ConfigObject = {}): ConfigObject {
  return {
    ...more,
    upstreams: { u: { ...target, ...upstream } },
    routes: [{ id: 'r', match: { path: '/' }, upstream: 'u', ...route }],
  };
}

function run(config: ConfigObject, given: SimulateArguments, rows?: readonly string[]): SimulationResult {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-simulate-'));
  try {
    if (rows !== undefined) writeFileSync(join(folder, 't.csv'), rows.join('\n'));
    const { config: parsed, revision } = parseConfigObject(config);
    const options = { 'latency-ms': '10', ...(rows === undefined ? {} : { traffic: 't.csv' }), ...given };
    return simulate(simulationOptions(parsed, revision, options, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A trace of one request each at those times, in seconds. */
function at(...times: number[]): string[] {
  return ['time_s', ...times.map(String)];
}

const only = ({ routes: [route] }: SimulationResult) => route;

describe('limits in a simulation', () => {
  const limited = { rateLimit: { name: 'l', rps: 1, burst: 2 } };

  it('let through what the limit lets through, to the millisecond', () => {
    const { routes } = run(configOf({}, limited), {}, at(0, 0, 0, 0.999, 1, 1.5, 2));
    expect(routes[0]).toMatchObject({ offered: 7, answered: 4, refused: 3, refusedBy: { 'limit l': 3 } });
  });

  it('tell callers apart, by the parts that the trace has and by the key for the others', () => {
    const rows = ['time_s,key,ip', '0,a,1.1.1.1', '0,a,1.1.1.1', '0,b,1.1.1.1', '0,c,2.2.2.2'];
    expect(only(run(configOf({}, limited), {}, rows))).toMatchObject({ answered: 3, refused: 1 });
    const byTenant = { auth: {}, rateLimit: { ...limited.rateLimit, by: 'tenant' as const } };
    const known = { auth: { jwt: { secret: 'x'.repeat(32) } } };
    expect(only(run(configOf({}, byTenant, known), {}, rows))).toMatchObject({ answered: 4, refused: 0 });
  });

  it('count over routes what is for all routes, and say what those in shadow would refuse', () => {
    const config = configOf({}, { rateLimit: { name: 'own', rps: 1, burst: 1, shadow: true } });
    config.rateLimit = { policies: [{ name: 'all', rps: 1, burst: 3 }], preAuth: { rps: 1, burst: 5 } };
    config.routes?.push({ id: 's', match: { path: '/s' }, respond: {} });
    const rows = ['time_s,route', ...Array.from({ length: 6 }, (_, i) => `0,${i % 2 === 0 ? 'r' : 's'}`)];
    const { routes } = run(config, {}, rows);
    expect(routes.map(({ refusedBy }) => refusedBy)).toEqual([
      { 'limit all': 1 },
      { 'limit all': 1, 'limit pre-auth': 1 },
    ]);
    expect(routes[0].shadowed).toEqual({ own: 2 });
  });
});

describe('a breaker in a simulation', () => {
  const breaker = { failureRatePercent: 50, volumeThreshold: 4, windowMs: 10_000, resetMs: 30_000, halfOpenProbes: 1 };

  it('opens, is half-open after its time, opens again at a failed probe, and closes at one that passes', () => {
    const result = run(configOf({ breaker }), { failures: 'fail:0s-35s' }, at(0, 1, 2, 3, 4, 33.5, 34, 64, 65));
    expect(only(result)).toMatchObject({ offered: 9, answered: 2, failed: 5, refusedBy: { breaker: 2 } });
    expect(result.upstreams[0].breaker).toEqual({
      openings: 2,
      openMs: 60_510 + 490,
      transitions: [
        { atMs: 3_010, to: 'open' },
        { atMs: 33_010, to: 'half-open' },
        { atMs: 33_510, to: 'open' },
        { atMs: 63_510, to: 'half-open' },
        { atMs: 64_010, to: 'closed' },
      ],
    });
  });

  it('stays out when breakers are switched off', () => {
    const config = configOf({ breaker }, {}, { circuitBreaker: { enabled: false } });
    const result = run(config, { failures: 'fail' }, at(0, 1, 2, 3, 4));
    expect(only(result)).toMatchObject({ failed: 5, failedByStatus: { '503': 5 } });
    expect(result.upstreams[0].breaker).toBeNull();
  });
});

describe('a bulkhead in a simulation', () => {
  const bulkhead = { concurrentMax: 1, queueMax: 2, queueTimeoutMs: 15 };

  it('lets wait, sends away whom the queue has no room for, and whose time runs out', () => {
    const result = run(configOf({ bulkhead }), { 'latency-ms': '10' }, at(0, 0, 0, 0));
    expect(only(result)).toMatchObject({
      answered: 2,
      queued: 2,
      refusedBy: { bulkhead: 1, 'bulkhead timeout': 1 },
      latencyMs: { p50: 10, p99: 20 },
    });
    expect(result.upstreams[0]).toMatchObject({ activePeak: 1, queuePeak: 2, queuePeakAtMs: 0 });
  });

  it('is through with a long queue that a breaker sends away', () => {
    const breaker = { volumeThreshold: 1 };
    const config = configOf({ breaker, bulkhead: { concurrentMax: 1, queueMax: 100_000, queueTimeoutMs: 60_000 } });
    const result = run(config, { failures: 'fail' }, at(...Array.from({ length: 50_000 }, () => 0)));
    expect(only(result)).toMatchObject({ failed: 1, refusedBy: { breaker: 49_999 }, queued: 49_999 });
  });
});

describe('retries in a simulation', () => {
  const retry = { attempts: 3, baseMs: 0, maxMs: 0, budgetPercent: 1_000 };

  it('repeat what failed, until a try passes or none is left', () => {
    const passes = run(configOf({ retry }), { failures: 'fail:0s-0.015s' }, at(0));
    expect(only(passes)).toMatchObject({ answered: 1, retries: 2, latencyMs: { p50: 30 } });
    expect(passes.upstreams[0]).toMatchObject({ tries: 3, failedTries: 2 });
    const fails = run(configOf({ retry }), { failures: 'connect' }, at(0));
    expect(only(fails)).toMatchObject({ failedByStatus: { '502': 1 }, retries: 2, latencyMs: { p50: 3 } });
  });

  it('are held to the budget, and say how many were not made', () => {
    const poor = { ...retry, budgetPercent: 0, budgetMinPerS: 0.1 };
    const result = run(configOf({ retry: poor }), { failures: 'fail' }, at(0, 1, 2));
    expect(only(result)).toMatchObject({ failed: 3, retries: 1, retriesDenied: 3 });
  });

  it('leave alone what may not be repeated', () => {
    const rows = ['time_s,method,header:Idempotency-Key', '0,POST,', '1,post,', '2,GET,'];
    expect(only(run(configOf({ retry }), { failures: 'fail' }, rows))).toMatchObject({ retries: 2 });
  });

  it('follow a first try whose result the trace has', () => {
    const rows = ['time_s,status,latency_ms', '0,503,100', '1,404,7', '2,-,-'];
    const result = run(configOf({ retry }), { 'latency-ms': '5' }, rows);
    expect(only(result)).toMatchObject({ answered: 3, retries: 1, latencyMs: { p50: 7, p99: 105 } });
  });
});

describe('time limits in a simulation', () => {
  it('end tries, and requests over all their tries', () => {
    const retry = { attempts: 10, on: ['timeout' as const], baseMs: 0, maxMs: 0, budgetPercent: 1_000 };
    const upstream = { retry, timeouts: { headersMs: 300 } };
    const result = run(configOf(upstream, { timeoutMs: 1_000 }), { failures: 'timeout' }, at(0));
    expect(only(result)).toMatchObject({ failedByStatus: { '504': 1 }, retries: 3, latencyMs: { p50: 1_000 } });
    expect(result.upstreams[0]).toMatchObject({ tries: 4, failedTries: 4 });
  });

  it('leave a request unanswered when there are none', () => {
    const config = configOf({ timeouts: { headersMs: 0 } }, { timeoutMs: 0 });
    expect(only(run(config, { failures: 'timeout' }, at(0, 1)))).toMatchObject({ unanswered: 2, failed: 0 });
  });
});

describe('budgets in a simulation', () => {
  const budget = { p95Ms: 50, errorRatePercent: 10 };

  it('are kept or missed by latency and by errors, of which the refusals of limits are none', () => {
    const verdict = (given: SimulateArguments, upstream: Partial<Upstream> = {}): unknown =>
      only(
        run(
          configOf(upstream, { budget, rateLimit: { rps: 1, burst: 10 } }),
          given,
          at(...new Array<number>(20).fill(0)),
        ),
      ).budget;
    expect(verdict({ 'latency-ms': '50' })).toEqual({ ...budget, errorsPercent: 0, kept: true });
    expect(verdict({ 'latency-ms': '60' })).toEqual({ ...budget, errorsPercent: 0, kept: false });
    const narrow = { bulkhead: { concurrentMax: 7 } };
    expect(verdict({}, narrow)).toEqual({ ...budget, errorsPercent: 15, kept: false });
    expect(verdict({ failures: '500:0s-1s' })).toEqual({ ...budget, errorsPercent: 50, kept: false });
  });

  it('want traffic', () => {
    const config = configOf({}, { budget });
    config.routes?.push({ id: 's', match: { path: '/s' }, respond: {} });
    const rows = ['time_s,route', '0,s'];
    const message = 't.csv: no request for r, which has a budget; name the others with --route';
    expect(() => run(config, {}, rows)).toThrow(message);
    expect(only(run(config, { route: 's' }, rows))).toMatchObject({ offered: 1, budget: null });
  });
});

describe('a simulation', () => {
  const everything = configOf(
    {
      breaker: { volumeThreshold: 10, resetMs: 5_000 },
      bulkhead: { concurrentMax: 4, queueMax: 4, queueTimeoutMs: 50 },
      retry: {},
    },
    {
      rateLimit: [
        { name: 'a', by: 'ip', rps: 1, burst: 3 },
        { name: 'b', by: 'route', rps: 80, burst: 80, algorithm: 'sliding-window' },
      ],
    },
  );
  const given = {
    traffic: 'poisson:100',
    duration: '10m',
    keys: 'zipf:300',
    'latency-ms': 'exp:60',
    failures: 'fail:1m-3m:70%,slow:5m-6m:5x,502:2%',
  };

  it('comes out the same for the same seed, and otherwise for another', () => {
    const first = run(everything, given);
    expect(run(everything, given)).toEqual(first);
    expect(run(everything, { ...given, seed: '2' })).not.toEqual({ ...first, seed: 2 });
  });

  it.each(['1', '2', '3'])('loses no request and makes none up (seed %s)', (seed) => {
    const { routes, timeline, upstreams } = run(everything, { ...given, seed });
    const [{ offered, answered, failed, refused, refusedBy, retries, unanswered, queued }] = routes;
    expect(unanswered).toBe(0);
    expect(offered).toBe(answered + failed + refused);
    expect(Object.keys(refusedBy).sort()).toEqual(['breaker', 'bulkhead', 'bulkhead timeout', 'limit a', 'limit b']);
    const total = (name: keyof typeof timeline.series): number => timeline.series[name].reduce((sum, n) => sum + n, 0);
    expect(total('offered')).toBe(offered);
    expect(total('answered') + total('failed')).toBe(answered + failed);
    expect(total('limited') + total('bulkhead') + total('breaker')).toBe(refused);
    expect(total('retries')).toBe(retries);
    // Each first try led to a reply, but for those whose retry the breaker refused.
    const tries = upstreams[0].tries - retries;
    expect(tries).toBeGreaterThanOrEqual(answered + failed);
    expect(Math.max(...timeline.series.active)).toBe(4);
    expect(Math.max(...timeline.series.queued)).toBe(4);
    expect(queued).toBeGreaterThan(0);
  });

  it('deals the same requests and the same luck to another configuration', () => {
    const plain = { ...given, failures: '502:10%' };
    const [a] = run(configOf(), plain).routes;
    const [b] = run(configOf({}, { rateLimit: { rps: 1000, burst: 1000, by: 'route' } }), plain).routes;
    expect(b).toEqual(a);
  });

  it('takes weighted upstreams by their shares', () => {
    const config = configOf(
      {},
      {
        upstream: undefined,
        weighted: [
          { upstream: 'u', weight: 3 },
          { upstream: 'v', weight: 1 },
          { upstream: 'w', weight: 0 },
        ],
      },
    );
    config.upstreams = { ...config.upstreams, v: target, w: target };
    const { upstreams } = run(config, { ...given, failures: undefined });
    const [u, v, w] = upstreams.map(({ tries }) => tries);
    expect(w).toBe(0);
    expect(u / (u + v)).toBeCloseTo(0.75, 1);
  });
});
