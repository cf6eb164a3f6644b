import { describe, expect, it } from '@jest/globals';
import type { CallOptions } from '../helpers/call.js';
import { readMessage, valuesOf } from '../helpers/http-message.js';
import { givenRoutes, namedRoutes } from '../helpers/named-routes.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway } from '../helpers/start-gateway.js';

describe('a host', () => {
  const route = givenRoutes({
    exact: { path: '/*', hosts: ['shop.example.com'] },
    deep: { path: '/*', hosts: ['*.eu.example.com'] },
    wildcard: { path: '/*', hosts: ['*.Example.com'] },
    several: { path: '/*', hosts: ['one.test', 'two.test'] },
    address: { path: '/*', hosts: ['[::1]'] },
    any: { path: '/*' },
  });

  it.each([
    ['shop.example.com', 'exact'],
    ['SHOP.Example.COM', 'exact'],
    ['shop.example.com:8443', 'exact'],
    ['shop.example.com.', 'exact'],
    ['other.example.com', 'wildcard'],
    ['other.example.com:1', 'wildcard'],
    ['a.b.example.com', 'wildcard'],
    ['eu.example.com', 'wildcard'],
    ['a.eu.example.com', 'deep'],
    ['A.B.EU.example.com:80', 'deep'],
    ['one.test', 'several'],
    ['two.test', 'several'],
    ['[::1]:8080', 'address'],
    ['example.com', 'any'],
    ['badexample.com', 'any'],
    ['shop.example.com.evil.test', 'any'],
    ['three.test', 'any'],
  ])('%s is taken by the %s route', async (host, expected) => {
    expect(await route('/x', { headers: { host } })).toBe(expected);
  });
});

describe('a target that is a whole address', () => {
  it('names the host that counts', async () => {
    const gateway = await startGateway({
      routes: namedRoutes({ one: { path: '/*', hosts: ['one.test'] }, two: { path: '/*', hosts: ['two.test'] } }),
    });
    const client = await RawConnection.open(gateway.port);
    try {
      client.write('GET http://one.test:81/x HTTP/1.1\r\nHost: two.test\r\nConnection: close\r\n\r\n');
      expect(valuesOf(readMessage(await client.untilClosed()), 'x-route')).toEqual(['one']);
    } finally {
      client.destroy();
      await gateway.close();
    }
  });
});

describe('a host whose routes do not fit', () => {
  const route = givenRoutes({
    host: { path: '/here', hosts: ['shop.example.com'], methods: ['GET'] },
    wildcard: { path: '/below', hosts: ['*.example.com'] },
    any: { path: '/*' },
  });
  const headers = { host: 'shop.example.com' };

  it.each([
    ['GET', '/here', 'host'],
    ['POST', '/here', 'any'],
    ['GET', '/below', 'wildcard'],
    ['GET', '/elsewhere', 'any'],
  ])('leaves %s %s to the %s route', async (method, path, expected) => {
    expect(await route(path, { method, headers })).toBe(expected);
  });
});

describe('a gateway that knows only some hosts', () => {
  const route = givenRoutes({ shop: { path: '/*', hosts: ['shop.example.com'] } });

  it('has no route for another', async () => {
    expect(await route('/x', { headers: { host: 'else.example.com' } })).toBe(404);
    expect(await route('/x')).toBe(404);
  });
});

describe('a method', () => {
  const route = givenRoutes({
    read: { path: '/items', methods: ['GET'] },
    write: { path: '/items', methods: ['POST', 'PUT'] },
    own: { path: '/heads', methods: ['HEAD'] },
    rest: { path: '/heads' },
    query: { path: '/search', methods: ['QUERY'] },
  });

  it.each([
    ['GET', '/items', 'read'],
    ['HEAD', '/items', 'read'],
    ['POST', '/items', 'write'],
    ['PUT', '/items', 'write'],
    ['DELETE', '/items', 405],
    ['HEAD', '/heads', 'own'],
    ['GET', '/heads', 'rest'],
    ['PATCH', '/heads', 'rest'],
    ['QUERY', '/search', 'query'],
    ['GET', '/search', 405],
    ['HEAD', '/search', 405],
  ])('%s of %s is taken by %s', async (method, path, expected) => {
    expect(await route(path, { method })).toBe(expected);
  });
});

describe('a path', () => {
  const route = givenRoutes({
    root: { path: '/' },
    static: { path: '/a/b' },
    slash: { path: '/a/b/' },
    parameter: { path: '/users/:id' },
    between: { path: '/users/:id/posts/:post' },
    tail: { path: '/files/*' },
    both: { path: '/v/:version/*' },
    encoded: { path: '/caf%c3%a9/%7euser' },
    letters: { path: '/Case' },
  });

  it.each([
    ['/', 'root'],
    ['/?q=1', 'root'],
    ['/a/b', 'static'],
    ['/a/b?x=/files/1', 'static'],
    ['/a/b/', 'slash'],
    ['/a/b/c', 404],
    ['/a', 404],
    ['/a/bb', 404],
    ['/users/7', 'parameter'],
    ['/users/a%20b', 'parameter'],
    ['/users', 404],
    ['/users/', 404],
    ['/users/7/', 404],
    ['/users/7/posts/8', 'between'],
    ['/users/7/posts', 404],
    ['/users/7/comments/8', 404],
    ['/files', 'tail'],
    ['/files/', 'tail'],
    ['/files/a', 'tail'],
    ['/files/a/b/c.txt', 'tail'],
    ['/filesystem', 404],
    ['/v/1', 'both'],
    ['/v/1/x/y', 'both'],
    ['/v', 404],
    ['/caf%C3%A9/~user', 'encoded'],
    ['/Case', 'letters'],
    ['/case', 404],
    ['/*', 404],
    ['/:id', 404],
  ])('%s is taken by %s', async (path, expected) => {
    expect(await route(path)).toBe(expected);
  });
});

describe('names that JavaScript objects have themselves', () => {
  const route = givenRoutes({
    parameter: { path: '/:constructor/x' },
    condition: { path: '/c', query: { toString: { present: true } } },
  });

  it('are ordinary segments, hosts and parameters', async () => {
    expect(await route('/__proto__/x')).toBe('parameter');
    expect(await route('/constructor')).toBe(404);
    expect(await route('/c')).toBe(404);
    expect(await route('/c?toString=1')).toBe('condition');
    expect(await route('/c', { headers: { host: '__proto__' } })).toBe(404);
  });
});

describe('a condition on a field', () => {
  const route = givenRoutes({
    exact: { path: '/exact', headers: { 'X-Plan': 'gold' } },
    long: { path: '/long', headers: { 'x-plan': { exact: 'gold' } } },
    prefix: { path: '/prefix', headers: { 'user-agent': { prefix: 'curl/' } } },
    present: { path: '/present', headers: { 'x-debug': { present: true } } },
    absent: { path: '/absent', headers: { 'x-debug': { present: false } } },
    all: { path: '/all', headers: { 'x-a': '1', 'x-b': { present: true } } },
  });

  it.each<[string, CallOptions['headers'], string | number]>([
    ['/exact', { 'x-plan': 'gold' }, 'exact'],
    ['/exact', { 'X-PLAN': 'gold' }, 'exact'],
    ['/exact', { 'x-plan': 'Gold' }, 404],
    ['/exact', { 'x-plan': 'golden' }, 404],
    ['/exact', {}, 404],
    ['/exact', { 'x-plan': ['gold', 'iron'] }, 'exact'],
    ['/exact', { 'x-plan': ['iron', 'gold'] }, 404],
    ['/long', { 'x-plan': 'gold' }, 'long'],
    ['/prefix', { 'user-agent': 'curl/8.5.0' }, 'prefix'],
    ['/prefix', { 'user-agent': 'curl/' }, 'prefix'],
    ['/prefix', { 'user-agent': 'my curl/8' }, 404],
    ['/prefix', {}, 404],
    ['/present', { 'x-debug': '' }, 'present'],
    ['/present', {}, 404],
    ['/absent', {}, 'absent'],
    ['/absent', { 'x-debug': '1' }, 404],
    ['/all', { 'x-a': '1', 'x-b': '2' }, 'all'],
    ['/all', { 'x-a': '1' }, 404],
    ['/all', { 'x-b': '2' }, 404],
  ])('%s with %j leads to %s', async (path, headers, expected) => {
    expect(await route(path, { headers })).toBe(expected);
  });

  it('does not hold on a field that ends at this hop', async () => {
    const headers = { 'x-debug': '1', connection: 'close, x-debug' };
    expect(await route('/present', { headers })).toBe(404);
    expect(await route('/absent', { headers })).toBe('absent');
  });
});

describe('a condition on the query', () => {
  const route = givenRoutes({
    exact: { path: '/exact', query: { v: '2' } },
    prefix: { path: '/prefix', query: { v: { prefix: '2.' } } },
    present: { path: '/present', query: { debug: { present: true } } },
    absent: { path: '/absent', query: { debug: { present: false } } },
    decoded: { path: '/decoded', query: { 'a b': 'c&d' } },
    all: { path: '/all', query: { a: '1', b: '2' }, headers: { 'x-c': '3' } },
  });

  it.each([
    ['/exact?v=2', 'exact'],
    ['/exact?u=1&v=2&w=3', 'exact'],
    ['/exact?v=2&v=3', 'exact'],
    ['/exact?v=3&v=2', 404],
    ['/exact?V=2', 404],
    ['/exact?v=22', 404],
    ['/exact?x=?v=2', 404],
    ['/exact', 404],
    ['/prefix?v=2.1', 'prefix'],
    ['/prefix?v=2', 404],
    ['/present?debug', 'present'],
    ['/present?debug=', 'present'],
    ['/present?debugger=1', 404],
    ['/absent?debugger=1', 'absent'],
    ['/absent?debug=0', 404],
    ['/decoded?a%20b=c%26d', 'decoded'],
    ['/decoded?a+b=c%26d', 'decoded'],
    ['/all?b=2&a=1', 404],
  ])('%s leads to %s', async (path, expected) => {
    expect(await route(path)).toBe(expected);
  });

  it('holds together with those on fields', async () => {
    expect(await route('/all?b=2&a=1', { headers: { 'x-c': '3' } })).toBe('all');
    expect(await route('/all?a=1', { headers: { 'x-c': '3' } })).toBe(404);
  });
});
