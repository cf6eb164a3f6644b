import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

describe('the administration', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream((_, response) => response.end('hello'));
    gateway = await startGateway({
      upstreams: { users: { targets: [{ url: upstream.url }], balance: 'round-robin' } },
      routes: [
        {
          id: 'users',
          match: { path: '/users/*', methods: ['GET'], headers: { 'x-key': 'hunter2' } },
          upstream: 'users',
          rewrite: { stripPrefix: '/users' },
          headers: { request: { set: { authorization: 'hunter2' } } },
        },
        { id: 'posts', match: { path: '/users/*', methods: ['POST'] }, upstream: 'users', bodyBytesMax: 10 },
        { id: 'cached', match: { path: '/cached' }, upstream: 'users', cache: {} },
        { id: 'limited', match: { path: '/limited' }, respond: {}, rateLimit: { by: 'ip', burst: 1, windowS: 60 } },
        { id: 'moved', match: { path: '/old', hosts: ['*.example.com'] }, redirect: { to: '/new' } },
      ],
    });
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  const admin = async (path: string): Promise<unknown> => {
    const reply = await call(`${gateway.url}/admin/${path}`);
    expect(reply.status).toBe(200);
    return reply.json;
  };

  const explain = (question: Record<string, string>, headers: readonly string[] = []): Promise<unknown> => {
    const query = new URLSearchParams(question);
    for (const line of headers) query.append('header', line);
    return admin(`explain?${query.toString()}`);
  };

  it('lists the routes with the stages that their requests pass', async () => {
    expect(await admin('routes')).toMatchObject([
      { id: 'users', path: '/users/*', upstreams: ['users'], stages: ['header-rules', 'body-limit', 'forward'] },
      { id: 'posts', methods: ['POST'] },
      { id: 'cached', stages: ['body-limit', 'cache', 'forward'] },
      { id: 'limited', stages: ['body-limit', 'rate-limit', 'respond'] },
      { id: 'moved', upstreams: [], stages: ['body-limit', 'redirect'] },
    ]);
  });

  it('lists the upstreams with their targets', async () => {
    await call(`${gateway.url}/users/x`, { headers: { 'x-key': 'hunter2' } });
    expect(await admin('upstreams')).toMatchObject([
      {
        name: 'users',
        up: true,
        targets: [{ url: upstream.url, healthy: true, active: 0, connections: { waiting: 0 } }],
      },
    ]);
  });

  it('tells which configuration is served', async () => {
    expect(await admin('config')).toMatchObject({ revision: expect.stringMatching(/^\w+$/), file: null, routes: 5 });
  });

  it('lists recent problems, the newest first and without what a query holds', async () => {
    await call(`${gateway.url}/nowhere?token=hunter2`);
    await call(`${gateway.url}/users/x`, { method: 'POST', body: 'more than ten bytes' });
    const problems = await admin('problems');
    expect(problems).toMatchObject([
      { code: 'body-too-large', status: 413, route: 'posts', method: 'POST', path: '/users/x', fault: 'client' },
      { code: 'no-route', route: '-', path: '/nowhere' },
    ]);
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('lists whom limits refuse most often', async () => {
    for (let i = 0; i < 4; i++) await call(`${gateway.url}/limited`, i === 3 ? { from: '127.0.0.9' } : {});
    await call(`${gateway.url}/limited`, { from: '127.0.0.9' });
    expect(await admin('limits')).toEqual({
      keysHeld: 2,
      refusedMost: [
        { route: 'limited', tenant: '', user: '', apiKey: '', address: '127.0.0.1', refused: 2, countedTooMuch: 0 },
        { route: 'limited', tenant: '', user: '', apiKey: '', address: '127.0.0.9', refused: 1, countedTooMuch: 0 },
      ],
    });
  });

  describe('explains a request without sending it:', () => {
    it('the route, its stages with their settings, and the target', async () => {
      const before = upstream.requests.length;
      const explanation = await explain({ url: '/users//%61?q=1', client: '192.0.2.7' }, ['X-Key: hunter2']);
      expect(explanation).toMatchObject({
        request: { method: 'GET', path: '/users/a', query: '?q=1', clientAddress: '192.0.2.7' },
        refusedWith: null,
        route: 'users',
        stages: [
          { name: 'header-rules', tells: { request: { set: ['authorization'] } } },
          { name: 'body-limit', tells: { bodyBytesMax: 10_485_760 } },
          { name: 'forward', tells: { upstream: 'users', target: upstream.url, path: '/a?q=1' } },
        ],
      });
      expect(JSON.stringify(explanation)).not.toContain('hunter2');
      expect(upstream.requests).toHaveLength(before);
    });

    it('why the nearest other routes do not take it', async () => {
      expect(await explain({ url: 'http://a.example.org/users/x', method: 'delete' })).toMatchObject({
        request: { host: 'a.example.org' },
        refusedWith: 'method-not-allowed',
        route: null,
        otherRoutes: [
          { id: 'posts', because: [{ part: 'method', wanted: 'POST' }] },
          { id: 'users', because: [{ part: 'method' }, { part: 'header', wanted: 'x-key' }] },
          { id: 'cached', because: [{ part: 'path', wanted: '/cached' }] },
          { id: 'limited', because: [{ part: 'path', wanted: '/limited' }] },
          {
            id: 'moved',
            because: [
              { part: 'host', wanted: '*.example.com' },
              { part: 'path', wanted: '/old' },
            ],
          },
        ],
      });
    });

    it('what the cache would look for', async () => {
      expect(await explain({ url: 'http://a.example/cached?x=1' })).toMatchObject({
        route: 'cached',
        stages: [
          {},
          { name: 'cache', tells: { looks: true, key: expect.stringContaining('/cached?x=1'), inMemory: null } },
          {},
        ],
      });
    });

    it('what the edge refuses it with', async () => {
      expect(await explain({ url: '/users/%zz' })).toMatchObject({ refusedWith: 'malformed-path', stages: [] });
    });

    it.each([
      [{}, 'url'],
      [{ url: '/x', method: 'G E T' }, 'method: must be an HTTP method'],
      [{ url: '/x', client: 'me' }, 'client: must be an IP address'],
      [{ url: '/x', header: 'a\nb: c' }, 'must be "name: value"'],
      [{ url: '/x', other: '1' }, 'other'],
    ])('and refuses the question %j', async (question, why) => {
      const query = new URLSearchParams(question);
      const reply = await call(`${gateway.url}/admin/explain?${query.toString()}`);
      expect(reply.status).toBe(400);
      expect((reply.json as { detail: string }).detail).toContain(why);
    });
  });

  it('is closed to strangers', async () => {
    for (const path of ['routes', 'upstreams', 'config', 'problems', 'explain?url=/x']) {
      const reply = await call(`${gateway.url}/admin/${path}`, { headers: { 'x-forwarded-for': '192.0.2.1' } });
      expectProblem(reply, 404, 'no-route');
    }
  });
});
