import { describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { parseConfigObject } from '../../apps/gateway/src/config/index.js';
import { Gateway } from '../../apps/gateway/src/gateway.js';
import { DataPlane } from '../../apps/gateway/src/pipeline/data-plane.js';
import { stageOrder } from '../../apps/gateway/src/pipeline/stage-order.js';

type RouteInput = NonNullable<ConfigObject['routes']>[number];

const targets = [{ url: 'http://127.0.0.1:9' }];
const upstreams = { u: { targets }, guarded: { targets, breaker: {}, retry: {}, bulkhead: {} } };

/** The stages of one route, as the whole application composes them. */
async function stagesOf(route: Omit<RouteInput, 'id' | 'match'>): Promise<readonly string[]> {
  const auth = { apiKeys: [{ id: 'k', sha256: '0'.repeat(64) }] };
  const loaded = parseConfigObject({ auth, upstreams, routes: [{ id: 'r', match: { path: '/' }, ...route }] });
  const gateway = await Gateway.create({ loaded, logger: false });
  try {
    return gateway.app.get(DataPlane).pipelines[0].stages;
  } finally {
    await gateway.close();
  }
}

describe('the order of stages', () => {
  it('is this, for these reasons', () => {
    expect(stageOrder.map(([name, reason]) => `${name}: ${reason}`)).toMatchInlineSnapshot(`
      [
        "cors: first, so that a browser can read every reply, refusals too; a preflight carries no credentials",
        "compression: near the client: everything below works on plain bodies",
        "header-rules: inside compression, so that rules may set a type or forbid transforming",
        "body-limit: before any work is spent on a request whose declared body will be refused",
        "ip-rules: who may not come at all costs nothing more",
        "pre-auth-rate-limit: by address, before credentials are looked at: guessing them is limited too",
        "authenticate: who asks, which everything below may be decided by",
        "authorize: what they may do, before it takes from their limits",
        "rate-limit: by user, tenant and key, which are known now",
        "cache: below every refusal, since a stored reply is for those who may ask; above everything that costs the upstream",
        "respond: answers from here, after everything that may refuse",
        "redirect: as respond",
        "choose-upstream: the policies below belong to one upstream",
        "bulkhead: waits for a place before the breaker is asked, whose answer may be another by then",
        "breaker: an open one costs nothing but its answer",
        "retry: inside the breaker, which counts each try",
        "forward: last: what comes so far goes upstream",
      ]
    `);
  });
});

describe('the pipeline of a route', () => {
  it('holds nothing but what the smallest route needs', async () => {
    expect(await stagesOf({ upstream: 'u' })).toEqual(['body-limit', 'forward']);
  });

  it.each<[string, Omit<RouteInput, 'id' | 'match'>, string[]]>([
    ['cors', { cors: { origins: ['*'] } }, ['cors', 'body-limit', 'forward']],
    ['compression', { compression: true }, ['compression', 'body-limit', 'forward']],
    ['request rules', { headers: { request: { set: { a: '1' } } } }, ['header-rules', 'body-limit', 'forward']],
    ['response rules', { headers: { response: { remove: ['a'] } } }, ['header-rules', 'body-limit', 'forward']],
    ['empty rules', { headers: { request: { set: {} } } }, ['body-limit', 'forward']],
    ['credentials', { auth: {} }, ['body-limit', 'authenticate', 'forward']],
    ['credentials with rights', { auth: { roles: ['admin'] } }, ['body-limit', 'authenticate', 'authorize', 'forward']],
    ['address rules', { ipRules: { deny: ['192.0.2.1'] } }, ['body-limit', 'ip-rules', 'forward']],
    ['empty address rules', { ipRules: {} }, ['body-limit', 'forward']],
    ['a cache', { cache: {} }, ['body-limit', 'cache', 'forward']],
    ['a cache that is off', { cache: { enabled: false } }, ['body-limit', 'forward']],
    ['compression that is off', { compression: false }, ['body-limit', 'forward']],
    ['limits', { rateLimit: {} }, ['body-limit', 'rate-limit', 'forward']],
    ['no limits', { rateLimit: false }, ['body-limit', 'forward']],
    ['a rewrite, which is part of forwarding', { rewrite: { path: '/x' } }, ['body-limit', 'forward']],
  ])('grows by what a route uses: %s', async (_, route, stages) => {
    expect(await stagesOf({ upstream: 'u', ...route })).toEqual(stages);
  });

  it.each<[string, Omit<RouteInput, 'id' | 'match'>, string[]]>([
    ['all of it', {}, ['bulkhead', 'breaker', 'retry']],
    ['without retries on the route', { retry: false }, ['bulkhead', 'breaker']],
    [
      'as one of several upstreams',
      { upstream: undefined, weighted: ['u', 'guarded'].map((upstream) => ({ upstream, weight: 1 })) },
      ['choose-upstream', 'bulkhead', 'breaker', 'retry'],
    ],
  ])('has what protects its upstream: %s', async (_, route, stages) => {
    expect(await stagesOf({ upstream: 'guarded', ...route })).toEqual(['body-limit', ...stages, 'forward']);
  });

  it('is in order for a route that uses everything', async () => {
    const full = { cors: { origins: ['*'] }, compression: true, headers: { response: { set: { a: '1' } } }, cache: {} };
    const stages = await stagesOf({ upstream: 'u', ...full });
    expect(stages).toEqual(['cors', 'compression', 'header-rules', 'body-limit', 'cache', 'forward']);
    const shared = await stagesOf({ weighted: [{ upstream: 'u', weight: 1 }], ...full });
    expect(shared).toEqual(stages.toSpliced(-1, 0, 'choose-upstream'));
  });

  it.each<[string, Omit<RouteInput, 'id' | 'match'>]>([
    ['respond', { respond: { status: 204 } }],
    ['redirect', { redirect: { to: '/b' } }],
  ])('of a route that the gateway answers ends in %s, and forwards nothing', async (last, route) => {
    expect(await stagesOf(route)).toEqual(['body-limit', last]);
  });
});
