import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { parseConfigObject, type RouteConfig } from '../config/index.js';
import { RequestHead } from '../pipeline/contract/request-head.js';
import { findConflicts } from './conflicts.js';
import { Router } from './router.js';

type MatchInput = Partial<{ path: string; hosts: string[]; methods: string[]; headers: Record<string, string> }>;
interface RouteInput extends MatchInput {
  id: string;
  priority?: number;
}
interface Asked {
  host: string;
  path: string;
  method: string;
  fields: string[];
}

function routesOf(inputs: readonly RouteInput[]): readonly RouteConfig[] {
  const routes = inputs.map(({ id, priority, ...match }) => ({
    id,
    ...(priority === undefined ? {} : { priority }),
    match: { path: '/', ...match },
    respond: {},
  }));
  return parseConfigObject({ routes }).config.routes;
}

const routerOf = (routes: readonly RouteConfig[]) => new Router(routes.map((route) => [route, route.id] as const));

function headOf({ host, path, fields }: Omit<Asked, 'method'>): RequestHead {
  const head = new RequestHead([]);
  Object.assign(head, { host, path, fields });
  return head;
}

function find(router: Router<string>, path: string, { method = 'GET', host = '', fields = [] as string[] } = {}) {
  return router.find(headOf({ host, path, fields }), method);
}

describe('a route', () => {
  it.each([
    ['/', '/', true],
    ['/', '/a', false],
    ['/a', '/a', true],
    ['/a', '/a/', false],
    ['/a', '/ab', false],
    ['/a', '/A', false],
    ['/a/', '/a/', true],
    ['/a/', '/a', false],
    ['/a/*', '/a', true],
    ['/a/*', '/a/', true],
    ['/a/*', '/a/b/c', true],
    ['/a/*', '/ab', false],
    ['/*', '/', true],
    ['/*', '/a/b', true],
    ['/a/:x', '/a/b', true],
    ['/a/:x', '/a', false],
    ['/a/:x', '/a/', false],
    ['/a/:x', '/a/b/', false],
    ['/a/:x', '/a/b/c', false],
    ['/a/:x/c', '/a/b/c', true],
    ['/:x', '/', false],
    ['/:x/*', '/a', true],
  ])('with the path %s takes %s: %s', (pattern, path, taken) => {
    const router = routerOf(routesOf([{ id: 'r', path: pattern }]));
    expect(find(router, path)).toBe(taken ? 'r' : null);
  });

  it.each([
    [[], 'any.example', true],
    [['a.example'], 'a.example', true],
    [['A.Example'], 'a.example', true],
    [['a.example'], 'b.a.example', false],
    [['*.a.example'], 'b.a.example', true],
    [['*.a.example'], 'c.b.a.example', true],
    [['*.a.example'], 'a.example', false],
    [['*.a.example'], 'ba.example', false],
    [['a.example', '*.b.example'], 'x.b.example', true],
  ])('for the hosts %j takes %s: %s', (hosts, host, taken) => {
    const router = routerOf(routesOf([{ id: 'r', path: '/', hosts }]));
    expect(find(router, '/', { host })).toBe(taken ? 'r' : null);
  });

  it.each([
    [[], 'QUERY', true],
    [['GET'], 'GET', true],
    [['GET'], 'HEAD', true],
    [['GET'], 'POST', false],
    [['POST'], 'HEAD', false],
    [['get'], 'GET', true],
  ])('for the methods %j takes %s: %s', (methods, method, taken) => {
    const router = routerOf(routesOf([{ id: 'r', path: '/', methods }]));
    expect(find(router, '/', { method })).toBe(taken ? 'r' : null);
  });
});

describe('of several routes', () => {
  // The better one stands first in each pair.
  it.each<[string, RouteInput, RouteInput, Partial<Asked> & { path: string }]>([
    ['a static segment beats a parameter', { id: '1', path: '/a/b' }, { id: '2', path: '/a/:x' }, { path: '/a/b' }],
    ['a parameter beats the rest', { id: '1', path: '/a/:x' }, { id: '2', path: '/a/*' }, { path: '/a/b' }],
    ['the end of a path beats the rest', { id: '1', path: '/a' }, { id: '2', path: '/a/*' }, { path: '/a' }],
    ['the longer rest wins', { id: '1', path: '/a/b/*' }, { id: '2', path: '/a/*' }, { path: '/a/b/c' }],
    ['the first difference decides', { id: '1', path: '/a/:x/*' }, { id: '2', path: '/:y/b/c' }, { path: '/a/b/c' }],
    ['a host beats a path', { id: '1', hosts: ['h'], path: '/*' }, { id: '2', path: '/a' }, { path: '/a', host: 'h' }],
    [
      'an exact host beats a wildcard',
      { id: '1', hosts: ['a.b.c'], path: '/*' },
      { id: '2', hosts: ['*.b.c'], path: '/a' },
      { path: '/a', host: 'a.b.c' },
    ],
    [
      'the longer wildcard wins',
      { id: '1', hosts: ['*.b.c'], path: '/*' },
      { id: '2', hosts: ['*.c'], path: '/a' },
      { path: '/a', host: 'a.b.c' },
    ],
    [
      'a condition beats none',
      { id: '1', path: '/a', headers: { x: '1' } },
      { id: '2', path: '/a', methods: ['GET'], priority: 9 },
      { path: '/a', fields: ['x', '1'] },
    ],
    [
      'methods beat none',
      { id: '1', path: '/a', methods: ['GET'] },
      { id: '2', path: '/a', priority: 9 },
      { path: '/a' },
    ],
    ['priority breaks a tie', { id: '1', path: '/a', priority: 1 }, { id: '2', path: '/a' }, { path: '/a' }],
  ])('%s, whatever the order in the file', (_, better, worse, { path, host, fields }) => {
    for (const order of [
      [better, worse],
      [worse, better],
    ]) {
      expect(find(routerOf(routesOf(order)), path, { host, fields })).toBe('1');
    }
  });

  it('the less specific ones take what the more specific ones leave', () => {
    const router = routerOf(
      routesOf([
        { id: 'host', hosts: ['h'], path: '/a', methods: ['POST'] },
        { id: 'static', path: '/a/b', methods: ['POST'] },
        { id: 'deep', path: '/a/b/c' },
        { id: 'parameter', path: '/a/:x', methods: ['PUT'] },
        { id: 'rest', path: '/*' },
      ]),
    );
    expect(find(router, '/a', { host: 'h' })).toBe('rest');
    expect(find(router, '/a/b', { method: 'POST' })).toBe('static');
    expect(find(router, '/a/b', { method: 'PUT' })).toBe('parameter');
    expect(find(router, '/a/b')).toBe('rest');
    expect(find(router, '/a/b/d')).toBe('rest');
  });

  it('the methods that any of them takes at a path are allowed there', () => {
    const router = routerOf(
      routesOf([
        { id: '1', path: '/a/b', methods: ['POST'] },
        { id: '2', path: '/a/:x', methods: ['GET'] },
        { id: '3', path: '/a/*', methods: ['DELETE'], hosts: ['h'] },
        { id: '4', path: '/a/b', methods: ['PUT'], headers: { x: '1' } },
      ]),
    );
    const allowed = (path: string, host: string, fields: string[]) =>
      router.allowedMethods(headOf({ host, path, fields }));
    expect(allowed('/a/b', '', [])).toEqual(['GET', 'HEAD', 'POST']);
    expect(allowed('/a/b', 'h', ['x', '1'])).toEqual(['DELETE', 'GET', 'HEAD', 'POST', 'PUT']);
    expect(allowed('/a/c', '', [])).toEqual(['GET', 'HEAD']);
    expect(allowed('/b', '', [])).toEqual([]);
  });
});

describe('random sets of routes', () => {
  const random = new SeededRandom(9_112);

  /** @param depthMax most segments of a path: the fewer, the more routes meet */
  function randomRoutes(segments: readonly string[], depthMax: number): readonly RouteConfig[] {
    return routesOf(
      Array.from({ length: 2 + random.below(12) }, (_, i) => {
        const path = Array.from({ length: random.below(depthMax + 1) }, () => random.pick(segments));
        const named = path.map((segment, at) => (segment.startsWith(':') ? `:p${at}` : segment));
        const ending = random.chance(0.4) ? '/*' : random.chance(0.1) ? '/' : '';
        return {
          id: `r${i}`,
          path: `/${named.join('/')}${ending}`.replace(/^\/\//, '/'),
          ...(random.chance(0.5) ? {} : { hosts: [random.pick(['h.e', 'g.h.e', '*.h.e', '*.e'])] }),
          ...(random.chance(0.6) ? {} : { methods: [random.pick(['GET', 'HEAD', 'POST'])] }),
          ...(random.chance(0.7) ? {} : { headers: { [random.pick(['k', 'l'])]: random.pick(['1', '2']) } }),
          ...(random.chance(0.7) ? {} : { priority: random.below(3) }),
        };
      }),
    );
  }

  const requests: Asked[] = [];
  for (const host of ['', 'h.e', 'g.h.e', 'f.g.h.e', 'x.e']) {
    for (const path of ['/', '/a', '/a/', '/b', '/c', '/a/b', '/a/b/', '/b/c', '/a/b/a', '/c/c/c', '/a/a/a/a']) {
      for (const method of ['GET', 'HEAD', 'POST', 'PUT']) {
        for (const fields of [[], ['k', '1'], ['k', '2', 'l', '1']]) requests.push({ host, path, method, fields });
      }
    }
  }

  it('are decided as a comparison of all routes decides, whatever their order', () => {
    let decided = 0;
    const wrong: unknown[] = [];
    for (let round = 0; round < 150; round++) {
      const all = randomRoutes(['a', 'b', ':x', ':y'], 3);
      const losers = new Set(findConflicts(all).map(({ indexes }) => indexes[1]));
      const routes = all.filter((_, i) => !losers.has(i));
      const routers = [routes, random.shuffled(routes), random.shuffled(routes)].map(routerOf);
      for (const asked of requests) {
        const expected = bestOf(routes, asked)[0]?.id ?? null;
        if (expected !== null) decided++;
        const found = routers.map((router) => router.find(headOf(asked), asked.method));
        if (found.some((id) => id !== expected)) wrong.push({ routes, asked, found, expected });
      }
    }
    expect(wrong.slice(0, 1)).toEqual([]);
    expect(decided).toBeGreaterThan(10_000);
  });

  it('have a conflict wherever two routes are equally good for a request', () => {
    let ties = 0;
    const untold: unknown[] = [];
    for (let round = 0; round < 150; round++) {
      const routes = randomRoutes(['a'], 1);
      const conflicts = new Set(findConflicts(routes).map(({ indexes: [a, b] }) => `${routes[a].id} ${routes[b].id}`));
      for (const asked of requests) {
        const [first, second] = bestOf(routes, asked);
        if (second === undefined) continue;
        ties++;
        if (!conflicts.has(`${first.id} ${second.id}`))
          untold.push({ asked, first: first.match, second: second.match });
      }
    }
    expect(untold.slice(0, 1)).toEqual([]);
    expect(ties).toBeGreaterThan(2_000);
  });
});

/** The routes that are best for a request, by looking at all of them; more than one when they tie. */
function bestOf(routes: readonly RouteConfig[], asked: Asked): RouteConfig[] {
  const ranked = routes
    .flatMap((route) => {
      const rank = rankOf(route, asked);
      return rank === null ? [] : [{ route, rank }];
    })
    .toSorted((a, b) => compare(b.rank, a.rank));
  return ranked.filter(({ rank }) => compare(rank, ranked[0].rank) === 0).map(({ route }) => route);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** How specific a route is for a request, best digit first; null when it does not take it. */
function rankOf({ match, priority }: RouteConfig, { host, path, method, fields }: Asked): number[] | null {
  const hosts = match.hosts.map((name) => {
    if (name.startsWith('*.')) return host.endsWith(name.slice(1)) ? name.length : 0;
    return name === host ? 1_000 : 0;
  });
  const hostRank = match.hosts.length === 0 ? 0 : Math.max(...hosts);
  if (match.hosts.length > 0 && hostRank === 0) return null;
  const methods: readonly string[] = match.methods.includes('GET') ? [...match.methods, 'HEAD'] : match.methods;
  if (methods.length > 0 && !methods.includes(method)) return null;
  for (const [name, value] of Object.entries(match.headers)) {
    const at = fields.indexOf(name);
    if (at < 0 || fields[at + 1] !== value) return null;
  }
  const pathRank = rankPath(match.path, path);
  if (pathRank === null) return null;
  const conditions = Object.keys(match.headers).length;
  return [hostRank, ...pathRank, conditions, methods.length > 0 ? 1 : 0, priority];
}

/** Eight digits: 4 for a static segment, 3 for the end, 2 for a parameter, 1 for the rest. */
function rankPath(pattern: string, path: string): number[] | null {
  const wanted = pattern === '/' ? [] : pattern.slice(1).split('/');
  const given = path === '/' ? [] : path.slice(1).split('/');
  const rank: number[] = [];
  for (let i = 0; ; i++) {
    if (wanted[i] === '*' && i === wanted.length - 1) rank.push(1);
    else if (i >= wanted.length && i >= given.length) rank.push(3);
    else if (i >= wanted.length || i >= given.length) return null;
    else if (wanted[i].startsWith(':')) {
      if (given[i] === '') return null;
      rank.push(2);
      continue;
    } else if (wanted[i] === given[i]) {
      rank.push(4);
      continue;
    } else return null;
    return [...rank, ...Array.from({ length: 8 - rank.length }, () => 0)];
  }
}
