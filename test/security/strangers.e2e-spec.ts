import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type CallOptions, type Reply } from '../helpers/call.js';
import { converse } from '../helpers/converse.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const TOKEN = 'correct-horse-battery-staple';

const paths = `
  /health /health/ /health/live /health/nothing /ready /metrics /docs /docs/ /docs/json /docs/yaml
  /docs/swagger-ui.css /docs/nothing /docs-json /docs-yaml /admin /admin/x /console /debug /debug/pprof
  /debug/pprof/ /debug/pprof/heap /HEALTH /Health /ReAdY /DOCS/json /%68ealth /hea%6Cth /%52EADY //health
  /./health /x/../health /health?x=1 /health/?x /health/. /health/../ready /health//live /health;x /health%20
  /health%2f /health%00 /docs/..%2fhealth
`
  .trim()
  .split(/\s+/);

/** Addresses of this machine that are not on loopback, if it has any; connections to them never leave it. */
const ownAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address);

/** Nothing in a reply may tell that anything is here. */
function expectNothing(reply: Reply): void {
  expect([400, 404]).toContain(reply.status);
  const { code, requestId, ...rest } = reply.json as Record<string, unknown>;
  expect(['no-route', 'malformed-path']).toContain(code);
  expect(reply.field('x-request-id')).toBe(requestId);
  expect(reply.field('content-type')).toBe('application/problem+json');
  expect(JSON.stringify({ ...rest, instance: '' })).not.toMatch(
    /health|ready|docs|pprof|metrics|Cannot|node:|127\.0\.0\.1/i,
  );
}

describe('a caller that is not on this machine', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      server: { host: '0.0.0.0', trustProxy: ['127.0.0.0/8', '192.0.2.0/24'] },
      routes: [{ id: 'everything', match: { path: '/*' }, respond: { body: 'everything' } }],
    });
  });
  afterAll(() => gateway?.close());

  const manners: readonly (readonly [string, CallOptions])[] = [
    ['through a proxy on this machine', { headers: { 'x-forwarded-for': '192.0.2.77' } }],
    ['that claims to be local by X-Forwarded-For', { headers: { 'x-forwarded-for': '127.0.0.1' } }],
    ['that claims to be local by Forwarded', { headers: { forwarded: 'for=127.0.0.1' } }],
    ['that claims to be local by Forwarded in IPv6', { headers: { forwarded: 'for="[::1]"' } }],
    ['that claims to be local by X-Real-IP', { headers: { 'x-real-ip': '127.0.0.1' } }],
    ['that comes by a gateway', { headers: { via: '1.1 other' } }],
    ['whose browser was sent here by a foreign name', { headers: { host: 'rebound.example' } }],
    ['whose browser was sent here by a name with an address in it', { headers: { host: '127.0.0.1.rebound.example' } }],
    ['whose browser was sent here by a name that ends alike', { headers: { host: 'notlocalhost' } }],
    ['with a token, where there is none', { headers: { host: 'x.example', authorization: `Bearer ${TOKEN}` } }],
    ['with the token null', { headers: { host: 'x.example', authorization: 'Bearer null' } }],
  ];

  describe.each(manners)('%s', (_manner, options) => {
    it.each(paths.filter((path) => !/^\/docs-|;|%20/.test(path)))('sees nothing at %s', async (path) => {
      expectNothing(await call(gateway.url + path, options));
    });

    it.each(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'QUERY'])(
      'sees nothing by %s',
      async (method) => {
        const reply = await call(`${gateway.url}/health`, { ...options, method });
        expect(reply.status).toBe(404);
        if (method === 'HEAD') expect(reply.text).toBe('');
        else expectNothing(reply);
      },
    );

    it.each(['/docs-json', '/docs-yaml', '/health;x', '/health%20', '/healthy', '/readyx'])(
      'sees what a route says at %s, which is no address of the control plane',
      async (path) => {
        const reply = await call(gateway.url + path, options);
        expect(reply).toMatchObject({ status: 200, text: 'everything' });
      },
    );
  });

  it.each([
    'http://localhost/health',
    'http://127.0.0.1/health',
    'HTTP://LOCALHOST/%68ealth',
    'http://other.example/health',
  ])('sees nothing by a target in absolute-form: %s', async (target) => {
    const request = `GET ${target} HTTP/1.1\r\nHost: other.example\r\n\r\n`;
    const { replies } = await converse(gateway.port, request);
    expect(replies).toMatchObject([{ status: 404 }]);
    expect(replies[0].body).toContain('no-route');
  });

  it.each(['Host: localhost\r\nX-Forwarded-For: \r\n', 'Host: localhost\r\nforwarded:\r\n'])(
    'sees nothing by an empty claim: %j',
    async (fields) => {
      const { replies } = await converse(gateway.port, `GET /health HTTP/1.1\r\n${fields}\r\n`);
      expect(replies).toMatchObject([{ status: 404 }]);
    },
  );

  it('sees nothing in HTTP/1.0 without a host', async () => {
    const { replies } = await converse(gateway.port, 'GET /health HTTP/1.0\r\n\r\n', { replies: Infinity });
    expect(replies).toMatchObject([{ status: 404 }]);
  });

  for (const address of ownAddresses) {
    it.each(paths)(`sees nothing from ${address}, which is this machine's too, at %s`, async (path) => {
      const reply = await call(`http://${address}:${gateway.port}${path}`, { headers: { host: 'localhost' } });
      if (/^\/docs-|;|%20/.test(path)) expect(reply.text).toBe('everything');
      else expectNothing(reply);
    });
  }

  it.each([
    'localhost',
    'LOCALHOST:8080',
    'app.localhost',
    '127.0.0.1',
    '127.9.8.7:1',
    '[::1]',
    '[::1]:80',
    'localhost.',
  ])('is told apart from one that is, by whatever local name: %s', async (host) => {
    expect((await call(`${gateway.url}/health`, { headers: { host } })).status).toBe(200);
  });
});

describe('a caller with a token', () => {
  let gateway: RunningGateway;
  const stranger = { host: 'gateway.example' };
  const ask = (path: string, authorization?: string): Promise<Reply> =>
    call(gateway.url + path, { headers: authorization === undefined ? stranger : { ...stranger, authorization } });

  beforeAll(async () => {
    gateway = await startGateway({ management: { token: TOKEN }, routes: [] });
  });
  afterAll(() => gateway?.close());

  it.each(['/health', '/ready', '/docs', '/docs/json', '/metrics'])('sees %s from wherever it comes', async (path) => {
    expect((await ask(path, `Bearer ${TOKEN}`)).status).toBe(200);
    expect((await ask(path, `bearer   ${TOKEN}`)).status).toBe(200);
  });

  it.each([
    ['another', 'Bearer wrong'],
    ['a longer one', `Bearer ${TOKEN}x`],
    ['a shorter one', `Bearer ${TOKEN.slice(1)}`],
    ['another case', `Bearer ${TOKEN.toUpperCase()}`],
    ['none', 'Bearer '],
    ['another scheme', `Basic ${TOKEN}`],
    ['two', `Bearer ${TOKEN} ${TOKEN}`],
    ['the bare token', TOKEN],
  ])('is refused with 401 when it is %s (RFC 6750 section 3)', async (_what, authorization) => {
    const reply = await ask('/health', authorization);
    expect(reply.status).toBe(401);
    expect(reply.json).toMatchObject({ code: 'management-unauthorized', status: 401, requestId: expect.any(String) });
    expect(reply.field('www-authenticate')).toMatch(/^Bearer /);
    expect(reply.text).not.toContain(TOKEN);
  });

  it('need not be one on this machine', async () => {
    expect((await call(`${gateway.url}/health`)).status).toBe(200);
  });

  it('sees nothing when it brings none', async () => {
    expectNothing(await ask('/health'));
    expectNothing(await ask('/docs/json'));
  });

  it('may guess ten times; then no token from that address is looked at for a while, the right one neither', async () => {
    const own = await startGateway({ management: { token: TOKEN }, routes: [] });
    const guess = (token: string, from = '127.0.0.2'): Promise<Reply> =>
      call(`${own.url}/health`, { from, headers: { ...stranger, authorization: `Bearer ${token}` } });
    const statuses: number[] = [];
    for (let i = 0; i < 10; i++) statuses.push((await guess(`wrong${i}`)).status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    // A right one, so that no time between counts.
    const refused = await guess(TOKEN);
    expect([refused.status, refused.field('retry-after')]).toEqual([429, '6']);
    expect(refused.json).toMatchObject({ code: 'management-limited' });
    expect((await guess(TOKEN, '127.0.0.3')).status).toBe(200);
    expect((await call(`${own.url}/health`, { from: '127.0.0.2' })).status).toBe(200);
    await own.close();
  });
});

describe('a control plane on a port of its own', () => {
  let gateway: RunningGateway;
  let management: string;

  beforeAll(async () => {
    gateway = await startGateway({
      management: { port: 0, host: '0.0.0.0' },
      routes: [
        { id: 'health', match: { path: '/health' }, respond: { body: 'ours' } },
        { id: 'rest', match: { path: '/rest' }, respond: { body: 'rest' } },
      ],
    });
    management = `http://127.0.0.1:${new URL(gateway.gateway.managementUrl).port}`;
  });
  afterAll(() => gateway?.close());

  it('is there', async () => {
    expect((await call(`${management}/health`)).json).toMatchObject({ status: 'ok' });
    expect((await call(`${management}/docs/json`)).status).toBe(200);
  });

  it.each(['/ready', '/docs', '/docs/json', '/metrics', '/health/live', '/HEALTH', '/debug/pprof'])(
    'is not on the port of traffic, also for callers on this machine: %s',
    async (path) => {
      expectNothing(await call(gateway.url + path));
    },
  );

  it('leaves its paths to routes there', async () => {
    expect((await call(`${gateway.url}/health`)).text).toBe('ours');
    expect((await call(`${gateway.url}/%68ealth`)).text).toBe('ours');
  });

  it.each(['/rest', '/', '/nothing'])('serves no route: %s', async (path) => {
    expectNothing(await call(management + path));
  });

  it.each([
    ['by a foreign name', { host: 'rebound.example' }],
    ['through a proxy on this machine', { 'x-forwarded-for': '192.0.2.1' }],
  ])('is hidden from browsers and proxies on this machine: %s', async (_how, headers) => {
    for (const path of ['/health', '/%68ealth', '/docs/json', '/metrics', '/health/']) {
      expectNothing(await call(management + path, { headers }));
    }
  });

  for (const address of ownAddresses) {
    it(`is open to whoever reaches it without a token, as from ${address}`, async () => {
      expect((await call(`http://${address}:${new URL(management).port}/health`)).status).toBe(200);
    });
  }
});
