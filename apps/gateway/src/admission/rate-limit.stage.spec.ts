import { describe, expect, it } from '@jest/globals';
import type { ScriptConnection } from '@app/rate-limit';
import { parseConfigObject, type ConfigObject } from '../config/index.js';
import { Events } from '../pipeline/contract/events.js';
import type { Identity } from '../pipeline/contract/identity.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { Problem } from '../problems/problem.js';
import { LimitStores } from './limit-stores.js';
import { PreAuthRateLimitStage } from './pre-auth-rate-limit.stage.js';
import { RateLimitStage } from './rate-limit.stage.js';

type RouteLimit = NonNullable<ConfigObject['routes']>[number]['rateLimit'];

interface Asking {
  readonly ip?: string;
  readonly identity?: Partial<Identity>;
  readonly fields?: Readonly<Record<string, string>>;
}

const nobody = { provider: 'test', subject: '', tenant: '', apiKey: '', roles: [], permissions: [], claims: {} };

function contextOf({ ip = '192.0.2.1', identity, fields = {} }: Asking): RequestContext {
  return {
    head: { clientAddress: ip, field: (name: string) => fields[name] },
    identity: identity === undefined ? null : { ...nobody, ...identity },
    route: { id: 'r', index: 0 },
    events: new Events(),
    set: () => undefined,
  } as unknown as RequestContext;
}

const configOf = (rateLimit: RouteLimit, section: ConfigObject['rateLimit'] = {}) =>
  parseConfigObject({ rateLimit: section, routes: [{ id: 'r', match: { path: '/' }, respond: {}, rateLimit }] }).config;

/** A route with that limit; gives what asks it whether a request is let through. */
function limitOf(rateLimit: RouteLimit, section?: ConfigObject['rateLimit']): (asking: Asking) => boolean {
  const config = configOf(rateLimit, section);
  const hooks = new RateLimitStage(new LimitStores(config, null)).compile(config.routes[0], config);
  return (asking) => !Problem.is(hooks?.request?.(contextOf(asking)));
}

/** What each of the requests gets when there is room for one of a kind. */
const once = (by: NonNullable<Exclude<RouteLimit, false | readonly unknown[]>>['by'], ...asking: Asking[]): boolean[] =>
  asking.map(limitOf({ by, burst: 1, windowS: 86_400 }));

describe('what has a limit of its own', () => {
  it.each<[string, Parameters<typeof once>[0], Asking, Asking]>([
    ['ip', 'ip', { ip: '192.0.2.1' }, { ip: '192.0.2.2' }],
    ['ip, of IPv6 the network', 'ip', { ip: '2001:db8::1' }, { ip: '2001:db8:0:1::1' }],
    ['tenant', 'tenant', { identity: { tenant: 'a' } }, { identity: { tenant: 'b' } }],
    ['user', 'user', { identity: { subject: 'a' } }, { identity: { subject: 'b' } }],
    ['api-key', 'api-key', { identity: { apiKey: 'a' } }, { identity: { apiKey: 'b' } }],
    ['header', 'header:X-A', { fields: { 'x-a': '1' } }, { fields: { 'x-a': '2' } }],
    ['claim', 'claim:plan', { identity: { claims: { plan: 1 } } }, { identity: { claims: { plan: 2 } } }],
    [
      'a combination, by its last part',
      ['tenant', 'ip'],
      { identity: { tenant: 'a' } },
      { identity: { tenant: 'a' }, ip: '192.0.2.2' },
    ],
    [
      'a combination, by its first part',
      ['tenant', 'user'],
      { identity: { tenant: 'a', subject: 'x' } },
      { identity: { tenant: 'b', subject: 'x' } },
    ],
  ])('is %s', (_, by, one, other) => {
    expect(once(by, one, one, other, other)).toEqual([true, false, true, false]);
  });

  it('is the route itself for all its requests together', () => {
    expect(once('route', { ip: '192.0.2.1' }, { ip: '192.0.2.2' })).toEqual([true, false]);
  });

  it.each<[string, Asking]>([
    ['no identity', {}],
    ['an identity without it', { identity: {} }],
    ['a claim that names nobody', { identity: { claims: { tenant: ['a'], id: { a: 1 } } } }],
    ['an empty field', { fields: { 'x-a': '' } }],
  ])('is the address when the request has %s', (_, asking) => {
    for (const by of ['tenant', 'user', 'api-key', 'claim:tenant', 'claim:constructor', 'header:x-a'] as const) {
      const same = { ...asking, ip: '192.0.2.1' };
      expect(once(by, same, same, { ...asking, ip: '192.0.2.2' })).toEqual([true, false, true]);
    }
  });

  it('is never the address of one client for the tenant of another that is called so', () => {
    expect(once('tenant', { ip: '192.0.2.1' }, { identity: { tenant: '192.0.2.1' }, ip: '192.0.2.9' })).toEqual([
      true,
      true,
    ]);
  });
});

describe('a policy', () => {
  it('has other limits for the values that it names', () => {
    const ask = limitOf({ by: ['tenant', 'ip'], burst: 1, windowS: 86_400, overrides: { big: { burst: 3 } } });
    const of = (tenant: string) => Array.from({ length: 4 }, () => ask({ identity: { tenant } }));
    expect(of('small')).toEqual([true, false, false, false]);
    expect(of('big')).toEqual([true, true, true, false]);
  });

  it('in shadow refuses nothing', () => {
    const ask = limitOf({ burst: 1, windowS: 86_400, shadow: true });
    expect([ask({}), ask({}), ask({})]).toEqual([true, true, true]);
  });

  it('for all routes counts together what they get', () => {
    const { config } = parseConfigObject({
      rateLimit: { policies: [{ name: 'all', burst: 1, windowS: 86_400 }] },
      routes: ['a', 'b'].map((id) => ({ id, match: { path: `/${id}` }, respond: {} })),
    });
    const stage = new RateLimitStage(new LimitStores(config, null));
    const verdicts = config.routes.map((route) => stage.compile(route, config)?.request?.(contextOf({})));
    expect(verdicts.map((verdict) => Problem.is(verdict))).toEqual([false, true]);
  });
});

describe('an explanation', () => {
  it('tells the policies and what is left, and takes nothing', () => {
    const config = configOf({ by: ['tenant', 'header:x-key'], burst: 2, windowS: 60 });
    const hooks = new RateLimitStage(new LimitStores(config, null)).compile(config.routes[0], config);
    const context = contextOf({ fields: { 'x-key': 'hunter2' } });
    void hooks?.request?.(context);
    for (let i = 0; i < 3; i++) {
      expect(hooks?.explain?.(context)).toEqual({
        store: 'memory',
        policies: [
          {
            name: 'default',
            by: ['tenant', 'header:x-key'],
            algorithm: 'gcra',
            burst: 2,
            windowS: 60,
            cost: 1,
            shadow: false,
            remaining: 1,
            refuses: false,
          },
        ],
      });
    }
  });
});

describe('the stages are not there', () => {
  it.each<[string, RouteLimit, ConfigObject['rateLimit']]>([
    ['on a route without limits', undefined, {}],
    ['on a route that wants none', false, { policies: [{ name: 'a' }], preAuth: {} }],
    ['when limits are off', {}, { enabled: false, policies: [{ name: 'a' }], preAuth: {} }],
  ])('%s', (_, rateLimit, section) => {
    const config = configOf(rateLimit, section);
    const stores = new LimitStores(config, null);
    expect(new RateLimitStage(stores).compile(config.routes[0], config)).toBeNull();
    expect(new PreAuthRateLimitStage(stores).compile(config.routes[0], config)).toBeNull();
  });

  it('with a hook for replies when clients are told nothing', () => {
    const config = configOf({}, { headers: false });
    const hooks = new RateLimitStage(new LimitStores(config, null)).compile(config.routes[0], config);
    expect(hooks).not.toHaveProperty('response');
  });
});

describe('in a cluster', () => {
  /** The names of the keys of a request on each of the routes, in a cluster. */
  async function keysOf(section: ConfigObject['rateLimit'], ...limits: RouteLimit[]): Promise<string[][]> {
    const asked: string[][] = [];
    const cluster: ScriptConnection = {
      status: 'ready',
      isCluster: true,
      evalsha(_, count, ...rest) {
        asked.push(rest.slice(0, count).map(String));
        return Promise.resolve(Array.from({ length: count * 3 }, () => 0));
      },
      eval: () => Promise.reject(new Error('not asked')),
    };
    const { config } = parseConfigObject({
      rateLimit: section,
      routes: limits.map((rateLimit, i) => ({ id: `r${i}`, match: { path: `/${i}` }, respond: {}, rateLimit })),
    });
    const stores = new LimitStores(config, cluster);
    const stage = new RateLimitStage(stores);
    for (const route of config.routes) await stage.compile(route, config)?.request?.(contextOf({}));
    stores.onModuleDestroy();
    return asked.map((keys) => keys.map((key) => key.slice(0, key.lastIndexOf(':'))));
  }

  const two = [{ name: 'a' }, { name: 'b' }];

  it('a policy that meets no other is spread by its keys', async () => {
    expect(await keysOf({}, {}, {})).toEqual([['rl:route/r0/default'], ['rl:route/r1/default']]);
    expect(await keysOf({ policies: [{ name: 'g' }] }, undefined)).toEqual([['rl:all/g']]);
  });

  it('the policies of a route lie in one slot', async () => {
    expect(await keysOf({}, two)).toEqual([['rl:{r0}:route/r0/a', 'rl:{r0}:route/r0/b']]);
  });

  it('policies for all routes lie in one slot with those of every route', async () => {
    expect(await keysOf({ policies: [{ name: 'g' }] }, {}, undefined)).toEqual([
      ['rl:{all}:all/g', 'rl:{all}:route/r0/default'],
      ['rl:{all}:all/g'],
    ]);
  });
});
