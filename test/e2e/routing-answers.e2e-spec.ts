import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { readMessage, valuesOf } from '../helpers/http-message.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let gateway: RunningGateway;

function givenGateway(config: ConfigObject): void {
  beforeAll(async () => {
    gateway = await startGateway(config);
  });
  afterAll(() => gateway?.close());
}

describe('respond', () => {
  givenGateway({
    routes: [
      { id: 'text', match: { path: '/text' }, respond: { body: 'grüezi' } },
      {
        id: 'json',
        match: { path: '/json' },
        respond: { headers: { 'Content-Type': 'application/json' }, body: '{}' },
      },
      { id: 'gone', match: { path: '/gone' }, respond: { status: 410, headers: { 'X-Why': 'moved' } } },
      { id: 'nothing', match: { path: '/nothing' }, respond: { status: 204 } },
      { id: 'unchanged', match: { path: '/unchanged' }, respond: { status: 304, headers: { ETag: '"1"' } } },
      { id: 'default', match: { path: '/default' }, respond: {} },
      {
        id: 'ruled',
        match: { path: '/ruled' },
        respond: { headers: { 'x-a': '1' }, body: 'x' },
        headers: { response: { set: { 'X-A': '2' } } },
      },
    ],
  });

  it('answers with text, its type and its length in bytes', async () => {
    const reply = await call(`${gateway.url}/text`);
    expect([reply.status, reply.statusText, reply.text]).toEqual([200, 'OK', 'grüezi']);
    expect(reply.field('content-type')).toBe('text/plain; charset=utf-8');
    expect(reply.field('content-length')).toBe('7');
    expect(reply.field('x-request-id')).toMatch(/./);
  });

  it('answers HEAD with the same head alone', async () => {
    const reply = await call(`${gateway.url}/text`, { method: 'HEAD' });
    expect([reply.status, reply.text]).toEqual([200, '']);
    expect(reply.field('content-length')).toBe('7');
    expect(reply.field('content-type')).toBe('text/plain; charset=utf-8');
  });

  it('answers with the type and status of the route', async () => {
    const json = await call(`${gateway.url}/json`);
    expect([json.field('content-type'), json.text]).toEqual(['application/json', '{}']);
    const gone = await call(`${gateway.url}/gone`, { method: 'POST', body: 'x' });
    expect([gone.status, gone.field('x-why'), gone.text]).toEqual([410, 'moved', '']);
    expect(gone.field('content-length')).toBe('0');
    expect(gone.all('content-type')).toEqual([]);
    expect((await call(`${gateway.url}/default`)).status).toBe(200);
  });

  it.each([
    ['/nothing', 204],
    ['/unchanged', 304],
  ])('%s with %i has neither body nor length', async (path, status) => {
    const reply = await call(gateway.url + path);
    expect([reply.status, reply.text]).toEqual([status, '']);
    expect(reply.all('content-length')).toEqual([]);
    expect(reply.all('transfer-encoding')).toEqual([]);
  });

  it('is subject to the field rules of its route', async () => {
    expect((await call(`${gateway.url}/ruled`)).all('x-a')).toEqual(['2']);
  });
});

describe('redirect', () => {
  givenGateway({
    routes: [
      { id: 'path', match: { path: '/path' }, redirect: { to: '/new' } },
      { id: 'params', match: { path: '/u/:id/p/:post' }, redirect: { to: '/posts/:post/by/:id', status: 302 } },
      { id: 'tail', match: { path: '/guide/*' }, redirect: { to: 'https://docs.example.com/v2/*', status: 301 } },
      { id: 'root', match: { path: '/root/*' }, redirect: { to: '/*', status: 307 } },
      { id: 'host', match: { path: '/host' }, redirect: { to: 'https://example.com', status: 303 } },
      { id: 'port', match: { path: '/port/*' }, redirect: { to: 'http://example.com:8080/*' } },
      { id: 'query', match: { path: '/query/:id' }, redirect: { to: '/q/:id?from=old' } },
      { id: 'mark', match: { path: '/mark' }, redirect: { to: '/page#top' } },
    ],
  });

  it.each([
    ['/path', 308, '/new'],
    ['/path?a=1&b=%20', 308, '/new?a=1&b=%20'],
    ['/u/7/p/a%20b', 302, '/posts/a%20b/by/7'],
    ['/u/7/p/8?x', 302, '/posts/8/by/7?x'],
    ['/guide/a/b.html?c=d', 301, 'https://docs.example.com/v2/a/b.html?c=d'],
    ['/guide/', 301, 'https://docs.example.com/v2/'],
    ['/guide', 301, 'https://docs.example.com/v2'],
    ['/root/a', 307, '/a'],
    ['/root', 307, '/'],
    ['/root//evil.example', 307, '/evil.example'],
    ['/root///evil.example', 307, '/evil.example'],
    ['/host', 303, 'https://example.com'],
    ['/host?a=1', 303, 'https://example.com?a=1'],
    ['/port/@evil.example', 308, 'http://example.com:8080/@evil.example'],
    ['/query/7', 308, '/q/7?from=old'],
    ['/query/7?from=new', 308, '/q/7?from=old'],
  ])('of %s is %i to %s', async (path, status, location) => {
    const reply = await call(gateway.url + path);
    expect([reply.status, reply.field('location'), reply.text]).toEqual([status, location, '']);
  });

  it('takes every method', async () => {
    for (const method of ['HEAD', 'POST', 'DELETE', 'OPTIONS']) {
      const reply = await call(`${gateway.url}/path`, { method });
      expect([method, reply.status, reply.field('location')]).toEqual([method, 308, '/new']);
    }
  });

  it.each([
    ['GET /root/%0d%0aset-cookie:%20a=1 HTTP/1.1', 400],
    ['GET /root/\\evil.example HTTP/1.1', 400],
    ['GET /root/..//..//evil.example HTTP/1.1', 400],
  ])('cannot be led elsewhere: %s', async (line, status) => {
    const client = await RawConnection.open(gateway.port);
    client.write(`${line}\r\nHost: a\r\nConnection: close\r\n\r\n`);
    const reply = readMessage(await client.untilClosed());
    client.destroy();
    expect(reply.startLine).toContain(` ${status} `);
    expect(valuesOf(reply, 'location')).toEqual([]);
    expect(valuesOf(reply, 'set-cookie')).toEqual([]);
  });
});

describe('weighted upstreams', () => {
  const REQUESTS = 600;
  let upstreams: Record<'blue' | 'green' | 'none', HttpUpstream>;

  beforeAll(async () => {
    const start = (): Promise<HttpUpstream> => startHttpUpstream((_, response) => response.end());
    upstreams = { blue: await start(), green: await start(), none: await start() };
    gateway = await startGateway({
      upstreams: Object.fromEntries(Object.entries(upstreams).map(([name, { url }]) => [name, { targets: [{ url }] }])),
      routes: [
        {
          id: 'shared',
          match: { path: '/*' },
          weighted: [
            { upstream: 'blue', weight: 3 },
            { upstream: 'green', weight: 1 },
            { upstream: 'none', weight: 0 },
          ],
        },
      ],
    });
  });
  afterAll(async () => {
    await gateway?.close();
    for (const upstream of Object.values(upstreams ?? {})) await upstream.close();
  });

  it('get their shares of the traffic, and none for the weight 0', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    const replies = await Promise.all(Array.from({ length: REQUESTS }, () => call(gateway.url, { agent })));
    agent.destroy();
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    const [blue, green, none] = [upstreams.blue, upstreams.green, upstreams.none].map(
      ({ requests }) => requests.length,
    );
    expect(none).toBe(0);
    expect(blue + green).toBe(REQUESTS);
    // 150 are expected; the bounds lie seven standard deviations (10.6) away, so that chance cannot break them.
    expect(green).toBeGreaterThan(75);
    expect(green).toBeLessThan(225);
  });
});

describe('a request that no route takes', () => {
  givenGateway({
    routes: [
      { id: 'read', match: { path: '/items', methods: ['GET'] }, respond: {} },
      { id: 'write', match: { path: '/items', methods: ['PUT', 'DELETE'] }, respond: {} },
      { id: 'hosted', match: { path: '/items', hosts: ['a.test'], methods: ['PATCH'] }, respond: {} },
      { id: 'kind', match: { path: '/:kind', methods: ['POST'] }, respond: {} },
      { id: 'below', match: { path: '/items/*', methods: ['LINK'] }, respond: {} },
      { id: 'debug', match: { path: '/debugged', headers: { 'x-debug': '1' }, methods: ['GET'] }, respond: {} },
    ],
  });

  it.each(['/', '/a/b', '/item/7'])('is 404 where nothing is: %s', async (path) => {
    const reply = await call(gateway.url + path);
    expectProblem(reply, 404, 'no-route');
    expect(reply.all('allow')).toEqual([]);
  });

  it.each([
    ['all routes at the path', '/items', {}, 'DELETE, GET, HEAD, LINK, POST, PUT'],
    ['those of its host too', '/items', { host: 'a.test' }, 'DELETE, GET, HEAD, LINK, PATCH, POST, PUT'],
    ['those below', '/items/7', {}, 'LINK'],
    ['those whose conditions hold', '/debugged', { 'x-debug': '1' }, 'GET, HEAD, POST'],
    ['none whose conditions do not hold', '/debugged', {}, 'POST'],
  ])('is 405, and is told the methods of %s', async (_, path, headers, allow) => {
    const reply = await call(gateway.url + path, { method: 'OPTIONS', headers });
    expectProblem(reply, 405, 'method-not-allowed');
    expect(reply.field('allow')).toBe(allow);
  });

  it('can send each method that Allow names', async () => {
    for (const method of ['DELETE', 'GET', 'HEAD', 'LINK', 'POST', 'PUT']) {
      expect([method, (await call(`${gateway.url}/items`, { method })).status]).toEqual([method, 200]);
    }
  });

  it('keeps its connection', async () => {
    const client = await RawConnection.open(gateway.port);
    const request = (method: string, path: string): string => `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    client.write(request('GET', '/a/b') + request('TRACE', '/items') + request('GET', '/items'));
    await client.until(({ text }) => text.includes('HTTP/1.1 200 OK'));
    expect(client.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404', 'HTTP/1.1 405', 'HTTP/1.1 200']);
    client.destroy();
  });
});
