import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { pass } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type ConfigObject = Parameters<typeof startGateway>[0];

const TOKEN = 'opens-sesame';
const ADDRESSES = [
  '/health',
  '/health/live',
  '/ready',
  '/metrics',
  '/docs',
  '/docs/json',
  '/docs/yaml',
  '/debug/pprof/',
];
const hello = { id: 'hello', match: { path: '/hello/*' }, respond: { status: 200, body: 'hello' } };

/** Asks until the reply is as awaited. */
async function until(ask: () => Promise<Reply>, condition: (reply: Reply) => boolean): Promise<Reply> {
  for (const giveUpAt = performance.now() + 5_000; ; await pass(20)) {
    const reply = await ask();
    if (condition(reply)) return reply;
    if (performance.now() > giveUpAt) throw new Error(`still ${reply.status} ${reply.text}`);
  }
}

function expectControlProblem(reply: Reply, status: number): void {
  expect(reply.json).toMatchObject({ status, code: `control-${status}` });
  expect(reply.status).toBe(status);
}

describe('the control plane', () => {
  const gateways: RunningGateway[] = [];
  const upstreams: HttpUpstream[] = [];

  async function serve(config: ConfigObject): Promise<RunningGateway> {
    const gateway = await startGateway(config);
    gateways.push(gateway);
    return gateway;
  }

  afterEach(async () => {
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    await Promise.all(upstreams.splice(0).map((upstream) => upstream.close()));
  });

  describe('health', () => {
    it('turns 503 and names the upstream while its only target is down, and turns back', async () => {
      let status = 200;
      const sick = await startHttpUpstream((_, response) => response.writeHead(status).end());
      const well = await startHttpUpstream((_, response) => response.end());
      upstreams.push(sick, well);
      const healthCheck = { path: '/health', intervalMs: 100, unhealthyAfter: 1 };
      const { url } = await serve({
        upstreams: {
          users: { targets: [{ url: sick.url }], healthCheck },
          tenants: { targets: [{ url: well.url }], healthCheck },
          unchecked: { targets: [{ url: well.url }, { url: sick.url }] },
        },
      });
      const health = (): Promise<Reply> => call(`${url}/health`);

      const up = await health();
      expect(up.status).toBe(200);
      expect(up.field('content-type')).toMatch(/^application\/json\b/);
      expect(up.json).toMatchObject({
        status: 'ok',
        details: {
          process: { status: 'up', phase: 'serving' },
          'upstream:users': { status: 'up', checked: true, targets: 1, healthy: 1 },
          'upstream:tenants': { status: 'up', checked: true, targets: 1, healthy: 1 },
          'upstream:unchecked': { status: 'up', checked: false, targets: 2, healthy: 2 },
        },
      });

      status = 500;
      const down = await until(health, (reply) => reply.status !== 200);
      expect(down.status).toBe(503);
      const { status: verdict, error } = down.json as { status: string; error: object };
      expect(verdict).toBe('error');
      expect(Object.keys(error)).toEqual(['upstream:users']);
      expect(down.json).toMatchObject({ details: { 'upstream:users': { status: 'down', healthy: 0 } } });
      // Restarting the gateway would not help.
      expect((await call(`${url}/health/live`)).status).toBe(200);
      expect((await call(`${url}/ready`)).status).toBe(200);

      status = 204;
      expect((await until(health, (reply) => reply.status !== 503)).status).toBe(200);
    });

    it('tells nothing of where upstreams are', async () => {
      const upstream = await startHttpUpstream((_, response) => response.writeHead(500).end());
      upstreams.push(upstream);
      const healthCheck = { path: '/secret-probe', intervalMs: 100, unhealthyAfter: 1 };
      const { url } = await serve({ upstreams: { users: { targets: [{ url: upstream.url }], healthCheck } } });
      const down = await until(
        () => call(`${url}/health`),
        (reply) => reply.status === 503,
      );
      expect(down.text).not.toContain(String(upstream.port));
      expect(down.text).not.toContain('secret-probe');
    });
  });

  it('is ready once it serves', async () => {
    const { url } = await serve({ routes: [hello] });
    const reply = await call(`${url}/ready`);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({ status: 'serving' });
    expect(reply.field('cache-control')).toBe('no-store');
  });

  it('shows its API as a page, and as a document', async () => {
    const { url } = await serve({ routes: [hello] });
    const page = await call(`${url}/docs`);
    expect(page.status).toBe(200);
    expect(page.field('content-type')).toMatch(/^text\/html\b/);
    expect(page.text).toContain('swagger-ui');
    const document = (await call(`${url}/docs/json`)).json as { paths: object };
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/health', '/health/live', '/ready']));
  });

  describe('metrics', () => {
    async function series(url: string): Promise<string[]> {
      const reply = await call(`${url}/metrics`);
      expect(reply.status).toBe(200);
      expect(reply.field('content-type')).toMatch(/^text\/plain\b/);
      return reply.text.split('\n').filter((line) => line.startsWith('api_gateway_requests_total{'));
    }

    it('count each request by method, route and status', async () => {
      const { url } = await serve({ routes: [hello] });
      for (let i = 0; i < 3; i++) await call(`${url}/hello/${i}`);
      await call(`${url}/hello`, { method: 'POST', body: 'x' });
      await call(`${url}/nowhere`);
      expect((await series(url)).sort()).toEqual([
        'api_gateway_requests_total{method="GET",route="-",status="404"} 1',
        'api_gateway_requests_total{method="GET",route="hello",status="200"} 3',
        'api_gateway_requests_total{method="POST",route="hello",status="200"} 1',
      ]);
    });

    it('get no series from methods, hosts and paths that nobody has heard of', async () => {
      const { url, port } = await serve({ routes: [hello] });
      for (const method of ['PURGE', 'PROPFIND', 'M-SEARCH', 'LINK']) await call(`${url}/hello`, { method });
      for (let i = 0; i < 20; i++) {
        await call(`${url}/hello/${i}?q=${i}`, { headers: { host: `host-${i}.test` } });
        await call(`${url}/stray-${i}`);
      }
      await converse(port, 'GARBAGE\r\n\r\n');
      expect((await series(url)).sort()).toEqual([
        'api_gateway_requests_total{method="GET",route="-",status="404"} 20',
        'api_gateway_requests_total{method="GET",route="hello",status="200"} 20',
        'api_gateway_requests_total{method="other",route="hello",status="200"} 4',
      ]);
    });
  });

  describe('profiling', () => {
    it('lists what is active, with the total in the first line', async () => {
      const { url } = await serve({ routes: [hello] });
      const lines = (await call(`${url}/debug/pprof/goroutine?debug=1`)).text.trimEnd().split('\n');
      const total = Number(/^goroutine profile: total (\d+)$/.exec(lines[0])?.[1]);
      expect(total).toBeGreaterThan(0);
      const counts = lines.slice(1).map((line) => Number.parseInt(line, 10));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
    });

    it('takes one CPU profile at a time', async () => {
      const { url } = await serve({ routes: [hello] });
      const first = call(`${url}/debug/pprof/profile?seconds=1`);
      await pass(100);
      expectControlProblem(await call(`${url}/debug/pprof/profile?seconds=1`), 409);
      const profile = await first;
      expect(profile.status).toBe(200);
      expect(gunzipSync(profile.body).length).toBeGreaterThan(0);
      expectControlProblem(await call(`${url}/debug/pprof/profile?seconds=ages`), 400);
    });
  });

  it('has no metrics and no profiles where they are turned off', async () => {
    const { url } = await serve({ routes: [hello], telemetry: { metrics: false, profiling: false } });
    for (const path of ['/metrics', '/debug/pprof/', '/debug/pprof/goroutine?debug=1']) {
      expect([path, (await call(url + path)).status]).toEqual([path, 404]);
    }
    expect((await call(`${url}/health`)).status).toBe(200);
  });

  describe('towards strangers', () => {
    let gateway: RunningGateway;
    let guarded: RunningGateway;

    beforeAll(async () => {
      gateway = await startGateway({ routes: [hello, { ...hello, id: 'all', match: { path: '/*' } }] });
      guarded = await startGateway({ routes: [hello], management: { token: TOKEN } });
    });
    afterAll(async () => {
      await gateway?.close();
      await guarded?.close();
    });

    const signs: [string, Record<string, string>][] = [
      ['X-Forwarded-For', { 'x-forwarded-for': '127.0.0.1' }],
      ['Forwarded', { forwarded: 'for=127.0.0.1' }],
      ['Via', { via: '1.1 proxy' }],
      ['X-Real-IP', { 'x-real-ip': '127.0.0.1' }],
      ['a foreign Host', { host: 'rebound.example' }],
      ['a Host that only begins like a local one', { host: 'localhost.example' }],
      ['a Host that only ends like a local one', { host: '127.0.0.1.example' }],
    ];

    it.each(signs)('looks as if it were not there with %s', async (_, headers) => {
      for (const path of ADDRESSES) {
        const reply = await call(gateway.url + path, { headers });
        expect([path, reply.status]).toEqual([path, 404]);
        expectProblem(reply, 404, 'no-route');
      }
    });

    it.each(['/HEALTH', '/%68ealth', '//health', '/health/', '/./health', '/x/../health', '/health?x', '/health/x'])(
      'hides %s like any other spelling, from every route too',
      async (path) => {
        for (const host of ['rebound.example', 'localhost\r\nvia: 1.1 proxy']) {
          const { replies } = await converse(gateway.port, `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
          expect(replies[0]).toMatchObject({ status: 404 });
          expect(replies[0]?.body).not.toMatch(/hello|upstream|process/);
        }
      },
    );

    it('judges a target in absolute form by the authority in it', async () => {
      const ask = (authority: string, host: string): ReturnType<typeof converse> =>
        converse(gateway.port, `GET http://${authority}/health HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
      expectWireProblem((await ask('rebound.example', 'rebound.example')).replies[0], 404, 'no-route');
      expectWireProblem((await ask('rebound.example', 'localhost')).replies[0], 404, 'no-route');
      expectWireProblem((await ask('localhost', 'rebound.example')).replies[0], 404, 'no-route');
      expect((await ask('localhost', 'localhost')).replies[0]?.status).toBe(200);
    });

    it('opens to the token, and tells those with a wrong one how to come in', async () => {
      const stranger = { via: '1.1 proxy' };
      for (const [i, path] of ADDRESSES.entries()) {
        // Each from an address of its own: an address has ten wrong ones.
        const ask = (authorization: string): Promise<Reply> =>
          call(guarded.url + path, { from: `127.0.1.${i + 1}`, headers: { ...stranger, authorization } });
        expect([path, (await ask(`Bearer ${TOKEN}`)).status]).toEqual([path, 200]);
        for (const wrong of [`Bearer ${TOKEN}x`, 'Bearer', `Basic ${TOKEN}`]) {
          const reply = await ask(wrong);
          expectProblem(reply, 401, 'management-unauthorized');
          expect(reply.field('www-authenticate')).toMatch(/^Bearer\b/);
        }
        expect((await call(guarded.url + path, { headers: stranger })).status).toBe(404);
      }
    });
  });

  it('is served on its own port only, and leaves its addresses on the other to routes', async () => {
    const { gateway, url } = await serve({
      management: { port: 0 },
      routes: [hello, { id: 'theirs', match: { path: '/health' }, respond: { status: 200, body: 'a route' } }],
    });
    for (const path of ADDRESSES) {
      expect([path, (await call(gateway.managementUrl + path)).status]).toEqual([path, 200]);
    }
    expect((await call(`${url}/health`)).text).toBe('a route');
    expectProblem(await call(`${url}/metrics`), 404, 'no-route');
    expect((await call(`${gateway.managementUrl}/hello`)).status).toBe(404);
  });
});
