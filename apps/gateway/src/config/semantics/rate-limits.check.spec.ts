import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '../config-error.js';
import { parseConfigObject, type ConfigObject } from '../index.js';

type RateLimit = NonNullable<ConfigObject['routes']>[number]['rateLimit'];

function problemsOf(config: ConfigObject): string[] {
  try {
    parseConfigObject(config);
    return [];
  } catch (error) {
    return (error as ConfigError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

const ofRoute = (rateLimit: RateLimit, section: ConfigObject['rateLimit'] = {}): string[] =>
  problemsOf({ rateLimit: section, routes: [{ id: 'r', match: { path: '/' }, respond: {}, rateLimit }] });

describe('limits of a route', () => {
  it.each<[string, RateLimit]>([
    ['the defaults', {}],
    ['one part', { by: 'tenant' }],
    ['several parts', { by: ['tenant', 'ip', 'header:X-Client', 'claim:plan', 'api-key', 'user', 'route'] }],
    ['a window', { burst: 10, windowS: 86_400 }],
    ['several with names', [{ name: 'a' }, { name: 'b', by: 'user' }]],
    ['a list of one', [{}]],
    ['none at all', false],
    ['overrides', { by: 'tenant', overrides: { acme: { rps: 1000, burst: 2000 }, 'a/b c': { windowS: 60 } } }],
  ])('may be %s', (_, rateLimit) => {
    expect(ofRoute(rateLimit)).toEqual([]);
  });

  it.each<[string, RateLimit, string]>([
    [
      'an unknown part',
      { by: 'ipp' },
      'routes[0].rateLimit.by: must be ip, tenant, user, api-key, route, header:NAME or claim:NAME',
    ],
    [
      'a part of no name',
      { by: ['header:'] },
      'routes[0].rateLimit.by[0]: must be ip, tenant, user, api-key, route, header:NAME or claim:NAME',
    ],
    ['a part twice', { by: ['ip', 'ip'] }, 'routes[0].rateLimit.by: names a part twice (route "r")'],
    ['several without names', [{}, { name: 'b' }], 'routes[0].rateLimit[0]: needs a `name` (route "r")'],
    [
      'a name twice',
      [{ name: 'a' }, { name: 'a' }],
      'routes[0].rateLimit[1].name: is the name of another policy, "a" (route "r")',
    ],
    ['two speeds', { rps: 1, windowS: 1 }, 'routes[0].rateLimit: has both `rps` and `windowS` (route "r")'],
    [
      'a cost that no burst can pay',
      { burst: 2, cost: 3 },
      'routes[0].rateLimit: has a cost of 3 above its burst of 2: no request would be let through (route "r")',
    ],
    [
      'an override that no request can pay',
      { burst: 9, cost: 3, overrides: { a: { burst: 2 } } },
      'routes[0].rateLimit.overrides.a: has a cost of 3 above its burst of 2: no request would be let through (route "r")',
    ],
    [
      'no end in a month',
      { rps: 0.001, burst: 5_000 },
      'routes[0].rateLimit: takes longer than 31 days to recover (route "r")',
    ],
  ])('have no %s', (_, rateLimit, problem) => {
    expect(ofRoute(rateLimit)).toEqual([problem]);
  });

  it('are not called like those for all routes', () => {
    expect(ofRoute({ name: 'a' }, { policies: [{ name: 'a' }] })).toEqual([
      'routes[0].rateLimit.name: is the name of another policy, "a" (route "r")',
    ]);
  });
});

describe('limits for all routes', () => {
  it.each<[string, ConfigObject['rateLimit'], string[]]>([
    ['have names', { policies: [{}] }, ['rateLimit.policies[0]: needs a `name`']],
    [
      'have different names',
      { policies: [{ name: 'a' }, { name: 'a' }] },
      ['rateLimit.policies[1].name: is the name of another policy, "a"'],
    ],
    [
      'can be paid',
      { preAuth: { burst: 1, cost: 2 } },
      ['rateLimit.preAuth: has a cost of 2 above its burst of 1: no request would be let through'],
    ],
    ['are counted somewhere', { store: 'redis' }, ['rateLimit.store: is "redis", and `redis.url` is not set']],
    ['are in order', { policies: [{ name: 'a', by: 'tenant' }], preAuth: { rps: 5 }, store: 'memory' }, []],
  ])('%s', (_, rateLimit, problems) => {
    expect(problemsOf({ rateLimit, routes: [{ id: 'r', match: { path: '/' }, respond: {} }] })).toEqual(problems);
  });
});
