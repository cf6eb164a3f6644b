import { describe, expect, it } from '@jest/globals';
import { parseConfigObject, type ConfigObject } from '../config/load.js';
import { arrivals } from './arrivals.js';
import { hasBudgets, loadFiles } from './load-files.js';
import { routesUnderLoad } from './routes-under-load.js';
import { sampleRequest } from './sample-request.js';
import { scenarioNames } from './scenario-names.js';

const budget = { p95Ms: 120, errorRatePercent: 0.5 };
const route = (id: string, more: object = {}) => ({ id, match: { path: `/${id}` }, respond: {}, budget, ...more });
const configOf = (input: ConfigObject) => parseConfigObject(input).config;
const rates = (input: ConfigObject) =>
  [...arrivals(configOf(input))].map(([id, { rate, periodS }]) => `${id}: ${rate} in ${periodS} s`);

describe('the module for load tests', () => {
  it('has a threshold for each figure of a budget, and one that sees that there was traffic', () => {
    const [{ path, text }] = loadFiles(configOf({ routes: [route('users')] }));
    expect(path).toBe('budgets.ts');
    expect(text).toContain(`  "http_req_duration{route:users}": ["p(95)<120"],
  "http_req_failed{route:users}": ["rate<0.005"],
  "http_reqs{route:users}": ["count>0"]
`);
  });

  it('has the defaults for a budget that says nothing', () => {
    const [{ text }] = loadFiles(configOf({ routes: [route('users', { budget: {} })] }));
    expect(text).toContain('["p(95)<500"]');
    expect(text).toContain('["rate<0.01"]');
  });

  it('asks only for routes with a budget, and knows the others', () => {
    const config = configOf({ telemetry: { budget: {} }, routes: [route('a'), route('b', { budget: null })] });
    expect([...arrivals(config).keys()]).toEqual(['a']);
    expect(Object.keys(routesUnderLoad(config))).toEqual(['a', 'b']);
  });

  it('knows when there is nothing to hold traffic to', () => {
    expect(hasBudgets(configOf({ routes: [route('a', { budget: undefined })] }))).toBe(false);
    expect(hasBudgets(configOf({ routes: [route('a')] }))).toBe(true);
  });

  it('says whether a token is looked at, what the gateway answers by itself, and what the limits let through', () => {
    const auth = { jwt: { secret: 'a-secret-that-is-long-enough-for-hs256' } };
    const routes = [
      route('open', { respond: { status: 404 }, rateLimit: { rps: 10, burst: 30, cost: 2 } }),
      route('asked', { auth: { required: false } }),
      route('closed', { auth: {}, upstream: 'a', respond: undefined }),
    ];
    const upstreams = { a: { targets: [{ url: 'http://127.0.0.1:9001' }] } };
    expect(routesUnderLoad(configOf({ auth, upstreams, routes }))).toMatchObject({
      open: { token: 'none', statuses: [404, 404], allowance: { rps: 5, burst: 15 } },
      asked: { token: 'optional', statuses: [200, 200], allowance: null },
      closed: { token: 'required', statuses: [200, 399], allowance: null },
    });
  });
});

describe('how often a route is asked', () => {
  it('leaves a fifth of the narrowest of its limits, and is never more than 20 a second', () => {
    const narrow = [
      { name: 'a', rps: 10 },
      { name: 'b', burst: 300, windowS: 60 },
      { name: 'trial', rps: 1, shadow: true },
    ];
    expect(rates({ routes: [route('free'), route('wide', { rateLimit: {} }), route('narrow', { rateLimit: narrow })] })) //
      .toEqual(['free: 20 in 1 s', 'wide: 20 in 1 s', 'narrow: 4 in 1 s']);
  });

  it('is once in several seconds for a limit below one a second', () => {
    expect(rates({ routes: [route('rare', { rateLimit: { burst: 10, windowS: 100 } })] })).toEqual(['rare: 1 in 13 s']);
  });

  it('shares what the limits for all routes let through', () => {
    const rateLimit = { preAuth: { rps: 100, burst: 100 }, policies: [{ name: 'all', rps: 25, burst: 25 }] };
    expect(rates({ rateLimit, routes: [route('a'), route('b', { rateLimit: { rps: 10 } })] })) //
      .toEqual(['a: 14 in 1 s', 'b: 5 in 1 s']);
    expect(rates({ rateLimit: { ...rateLimit, enabled: false }, routes: [route('a')] })).toEqual(['a: 20 in 1 s']);
  });
});

describe('a request that a route takes', () => {
  const sampleOf = (match: object) => sampleRequest(configOf({ routes: [route('a', { match })] }).routes[0]);

  it.each([
    [{ path: '/a/*' }, { method: 'GET', path: '/a', headers: {} }],
    [{ path: '/*' }, { path: '/' }],
    [
      { path: '/a/:id/b/:other', methods: ['POST', 'PUT'] },
      { method: 'POST', path: '/a/1/b/1' },
    ],
    [{ path: '/a', hosts: ['*.b.com'] }, { headers: { host: 'load.b.com' } }],
    [{ path: '/a', query: { v: '1 2', w: { present: true }, x: { present: false } } }, { path: '/a?v=1%202&w=1' }],
    [{ path: '/a', headers: { 'X-Kind': { prefix: 'b' } } }, { headers: { 'x-kind': 'b' } }],
  ])('fulfils %j', (match, request) => {
    expect(sampleOf(match)).toMatchObject(request);
  });

  it('is not made where a secret would have to be written down', () => {
    expect(sampleOf({ path: '/a', headers: { 'X-Api-Key': 'hunter2' } })).toBeNull();
  });
});

describe('names of scenarios', () => {
  it('are the ids where k6 takes them, and differ where it does not', () => {
    expect([...scenarioNames(['a-b', 'c.d', 'c_d', 'c.d.'])]).toEqual([
      ['a-b', 'a-b'],
      ['c.d', 'c_d_'],
      ['c_d', 'c_d'],
      ['c.d.', 'c_d__'],
    ]);
  });
});
