import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type CallOptions, type Reply } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let upstream: HttpUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startHttpUpstream((_, response) => response.end('ok'));
  gateway = await startGateway({
    server: {
      trustProxy: ['127.0.0.9'],
      ipRules: { deny: ['127.0.0.66', '203.0.113.0/24', '2001:db8:bad::/48'] },
    },
    auth: { apiKeys: [{ id: 'k', sha256: '0'.repeat(64) }] },
    upstreams: { u: { targets: [{ url: upstream.url }] } },
    routes: [
      { id: 'open', match: { path: '/open' }, upstream: 'u' },
      {
        id: 'inner',
        match: { path: '/inner' },
        upstream: 'u',
        auth: {},
        ipRules: { allow: ['127.0.0.0/28', '10.0.0.0/8', '2001:db8::/32'], deny: ['127.0.0.3', '10.6.6.0/24'] },
      },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

const ask = (path: string, options: CallOptions): Promise<Reply> => call(gateway.url + path, options);
/** Behind the proxy that is trusted. */
const behind = (path: string, client: string): Promise<Reply> =>
  ask(path, { from: '127.0.0.9', headers: { 'x-forwarded-for': client } });

/** The route wants credentials: who gets as far as to be asked for them may come. */
const mayCome = (reply: Reply): void => expectProblem(reply, 401, 'credentials-missing');

describe('address rules', () => {
  it('of the server hold on every route', async () => {
    expect((await ask('/open', { from: '127.0.0.1' })).status).toBe(200);
    for (const path of ['/open', '/inner']) {
      expectProblem(await ask(path, { from: '127.0.0.66' }), 403, 'ip-denied');
    }
    expect(upstream.requests).toHaveLength(1);
  });

  it('of a route let come who is allowed and not denied, before anything is asked', async () => {
    mayCome(await ask('/inner', { from: '127.0.0.1' }));
    for (const from of ['127.0.0.3', '127.0.0.16']) {
      expectProblem(await ask('/inner', { from }), 403, 'ip-denied');
    }
  });

  it('do not believe what anybody says about their address', async () => {
    const headers = { 'x-forwarded-for': '10.0.0.1', 'x-real-ip': '10.0.0.1', forwarded: 'for=10.0.0.1' };
    expectProblem(await ask('/inner', { from: '127.0.0.77', headers }), 403, 'ip-denied');
  });

  it.each<[string, boolean]>([
    ['10.0.0.1', true],
    ['10.6.6.6', false],
    ['::ffff:10.0.0.1', true],
    ['::ffff:10.6.6.6', false],
    ['::ffff:a06:606', false],
    ['2001:db8::1', true],
    ['2001:DB8:0:0::1', true],
    ['2001:db8:bad::1', false],
    ['2001:db9::1', false],
    ['203.0.113.7', false],
    ['10.0.0.1, 203.0.113.7', false],
    ['203.0.113.7, 10.0.0.1', true],
    ['unknown', true],
  ])('are held against the client that a trusted proxy names: %s may come: %s', async (client, may) => {
    const reply = await behind('/inner', client);
    if (may) mayCome(reply);
    else expectProblem(reply, 403, 'ip-denied');
  });

  it('count refusals, and tell the refused nothing of the rules', async () => {
    const { text } = await ask('/inner', { from: '127.0.0.66' });
    expect(text).not.toMatch(/127\.0\.0|10\.0|2001/);
    expect((await ask('/metrics', {})).text).toMatch(/^api_gateway_auth_failures_total\{reason="ip-denied"\} \d+$/m);
  });
});
