import { describe, expect, it } from '@jest/globals';
import { ConfigError, parseConfigObject } from '../../apps/gateway/src/config/index.js';
import type { CallOptions } from '../helpers/call.js';
import { namedRoutes, routeOf, type Matches } from '../helpers/named-routes.js';
import { SeededRandom } from '../helpers/seeded-random.js';
import { startGateway } from '../helpers/start-gateway.js';

describe('the most specific route', () => {
  const matches: Matches = {
    host: { path: '/*', hosts: ['api.example.com'] },
    wildcard: { path: '/shop/items/new', hosts: ['*.example.com'] },
    static: { path: '/shop/items/new' },
    parameter: { path: '/shop/items/:id' },
    early: { path: '/shop/:kind/new' },
    tail: { path: '/shop/*' },
    everything: { path: '/*' },
    conditions: { path: '/shop/items/:id', headers: { 'x-a': '1' }, query: { b: '2' } },
    condition: { path: '/shop/items/:id', headers: { 'x-a': '1' } },
    methods: { path: '/shop/items/:id', methods: ['DELETE'] },
    urgent: { path: '/shop/:kind/new', priority: 5 },
    preferred: { path: '/same', headers: { 'x-a': { present: true } }, priority: 2 },
    other: { path: '/same', headers: { 'x-b': { present: true } }, priority: 1 },
    plain: { path: '/same', priority: 9 },
  };
  const requests: readonly (readonly [string, string, CallOptions?])[] = [
    ['host', '/shop/items/new', { headers: { host: 'api.example.com' } }],
    ['wildcard', '/shop/items/new', { headers: { host: 'web.example.com' } }],
    ['static', '/shop/items/new', {}],
    ['static', '/shop/items/new', { headers: { host: 'example.com' } }],
    ['parameter', '/shop/items/7', {}],
    ['urgent', '/shop/carts/new', {}],
    ['tail', '/shop/carts/7', {}],
    ['tail', '/shop', {}],
    ['tail', '/shop/items/7/parts', {}],
    ['everything', '/', {}],
    ['everything', '/shops', {}],
    ['conditions', '/shop/items/7?b=2', { headers: { 'x-a': '1' } }],
    ['condition', '/shop/items/7?b=3', { headers: { 'x-a': '1' } }],
    ['condition', '/shop/items/7', { headers: { 'x-a': '1' }, method: 'DELETE' }],
    ['methods', '/shop/items/7', { method: 'DELETE' }],
    ['preferred', '/same', { headers: { 'x-a': '1' } }],
    ['preferred', '/same', { headers: { 'x-a': '1', 'x-b': '1' } }],
    ['other', '/same', { headers: { 'x-b': '1' } }],
    ['plain', '/same', {}],
  ];
  const names = Object.keys(matches);

  it.each([
    ['most specific first', names],
    ['the other way round', names.toReversed()],
    ...[1, 2, 3, 4, 5].map((seed): [string, string[]] => [
      `shuffled (${seed})`,
      new SeededRandom(seed).shuffled(names),
    ]),
  ])('wins when the file has them %s', async (_, order) => {
    const gateway = await startGateway({
      routes: namedRoutes(Object.fromEntries(order.map((name) => [name, matches[name]]))),
    });
    try {
      const taken: unknown[] = [];
      for (const [, path, options] of requests) taken.push([await routeOf(gateway, path, options), path, options]);
      expect(taken).toEqual(requests);
    } finally {
      await gateway.close();
    }
  });
});

describe('two routes that are equally good', () => {
  it.each<[string, Matches[string], Matches[string]]>([
    ['the same path', { path: '/a' }, { path: '/a' }],
    ['parameters of other names', { path: '/a/:x/*' }, { path: '/a/:y/*' }],
    ['the same path in another encoding', { path: '/~a' }, { path: '/%7Ea' }],
    ['one host in common', { path: '/a', hosts: ['a.test', 'b.test'] }, { path: '/a', hosts: ['B.test'] }],
    ['one method in common', { path: '/a', methods: ['GET', 'PUT'] }, { path: '/a', methods: ['PUT', 'POST'] }],
    ['HEAD in common', { path: '/a', methods: ['GET'] }, { path: '/a', methods: ['HEAD'] }],
    ['conditions that may both hold', { path: '/a', headers: { x: '1' } }, { path: '/a', query: { y: '1' } }],
    ['the same condition', { path: '/a', headers: { x: '1' } }, { path: '/a', headers: { X: '1' } }],
    ['the same priority', { path: '/a', priority: 3 }, { path: '/a', priority: 3 }],
  ])('are refused, and both named: %s', async (_, one, two) => {
    const routes = namedRoutes({ first: one, between: { path: '/between' }, second: two });
    const refused = await startGateway({ routes }).then(
      (gateway) => gateway.close(),
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(ConfigError);
    const { problems } = refused as ConfigError;
    expect(problems).toHaveLength(1);
    expect(problems[0].path).toBe('routes[2].match');
    expect(problems[0].message).toMatch(/"first".*"second"/);
  });

  it.each<[string, Matches[string], Matches[string]]>([
    ['priority', { path: '/a', priority: 1 }, { path: '/a' }],
    ['hosts', { path: '/a', hosts: ['a.test'] }, { path: '/a', hosts: ['b.test'] }],
    ['a wildcard', { path: '/a', hosts: ['a.test'] }, { path: '/a', hosts: ['*.test'] }],
    ['methods', { path: '/a', methods: ['GET'] }, { path: '/a', methods: ['POST'] }],
    ['values of a field', { path: '/a', headers: { x: '1' } }, { path: '/a', headers: { x: '2' } }],
    ['the number of conditions', { path: '/a', headers: { x: '1' } }, { path: '/a', headers: { x: '1', y: '1' } }],
    ['a final slash', { path: '/a' }, { path: '/a/' }],
  ])('are not so when told apart by %s', (_, one, two) => {
    expect(() => parseConfigObject({ routes: namedRoutes({ one, two }) })).not.toThrow();
  });
});
