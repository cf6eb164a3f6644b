import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { call, type CallOptions, type Reply } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { bearer, claimsOf, hmacToken, TOKEN_SECRET } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const digest = (key: string): string => createHash('sha256').update(key).digest('hex');

let upstream: HttpUpstream;
let gateway: RunningGateway;
let before = 0;

beforeAll(async () => {
  upstream = await startHttpUpstream((_, response) => response.end('ok'));
  gateway = await startGateway({
    upstreams: { u: { targets: [{ url: upstream.url }] } },
    auth: {
      jwt: { secret: TOKEN_SECRET },
      apiKeys: [
        { id: 'ci', sha256: digest('key-of-ci'), subject: 'robot', tenant: 'acme', permissions: ['deploy'] },
        { id: 'plain', sha256: digest('key-without-more').toUpperCase() },
      ],
      providers: {
        machines: {
          apiKeys: { header: 'X-Machine', forwardKey: true, keys: [{ id: 'm-1', sha256: digest('key-of-m') }] },
        },
      },
    },
    routes: [
      { id: 'keys', match: { path: '/keys' }, upstream: 'u', auth: { providers: ['api-key'] } },
      { id: 'machines', match: { path: '/machines' }, upstream: 'u', auth: { providers: ['machines'] } },
      { id: 'any', match: { path: '/any' }, upstream: 'u', auth: { providers: ['api-key', 'jwt'] } },
      { id: 'deploy', match: { path: '/deploy' }, upstream: 'u', auth: { permissions: ['deploy'] } },
    ],
  });
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});
beforeEach(() => {
  before = upstream.requests.length;
});

const ask = (path: string, headers: CallOptions['headers'] = {}): Promise<Reply> =>
  call(gateway.url + path, { headers });

describe('an API key', () => {
  it('lets its owner in, tells the upstream who that is, and stays here', async () => {
    expect((await ask('/keys', { 'X-API-KEY': 'key-of-ci' })).status).toBe(200);
    const { headers } = upstream.requests[before];
    expect(headers).toMatchObject({ 'x-user-id': 'robot', 'x-tenant-id': 'acme' });
    expect(headers['x-api-key']).toBeUndefined();
  });

  it('may name nobody', async () => {
    expect((await ask('/keys', { 'x-api-key': 'key-without-more' })).status).toBe(200);
    const { headers } = upstream.requests[before];
    expect([headers['x-user-id'], headers['x-tenant-id']]).toEqual([undefined, undefined]);
  });

  it.each(['key-of-c', 'key-of-ci ,', '', digest('key-of-ci'), 'key-of-m', 'k'.repeat(8000)])(
    'that nobody knows is refused: %s',
    async (key) => {
      const reply = await ask('/keys', { 'x-api-key': key });
      expectProblem(reply, 401, 'api-key-unknown');
      expect(reply.field('www-authenticate')).toBe('ApiKey realm="sluice", header="x-api-key"');
      expect(reply.text).not.toContain('key-of');
      expect(upstream.requests).toHaveLength(before);
    },
  );

  it('that comes twice is refused', async () => {
    expectProblem(await ask('/keys', { 'x-api-key': ['key-of-ci', 'key-of-ci'] }), 401, 'token-invalid');
  });

  it('in another field is none', async () => {
    for (const name of ['x_api_key', 'authorization', 'x-machine']) {
      expectProblem(await ask('/keys', { [name]: 'key-of-ci' }), 401, 'credentials-missing');
    }
  });

  it('comes in the field of its provider, and goes on where that says so', async () => {
    expect((await ask('/machines', { 'x-machine': 'key-of-m' })).status).toBe(200);
    expect(upstream.requests[before].headers['x-machine']).toBe('key-of-m');
    expectProblem(await ask('/machines', { 'x-api-key': 'key-of-m' }), 401, 'credentials-missing');
  });

  it('has rights as a token has', async () => {
    expect((await ask('/deploy', { 'x-api-key': 'key-of-ci' })).status).toBe(200);
    const reply = await ask('/deploy', { 'x-api-key': 'key-without-more' });
    expectProblem(reply, 403, 'forbidden');
    expect(reply.json).toMatchObject({ missingPermissions: ['deploy'] });
    expect(reply.all('www-authenticate')).toEqual([]);
  });
});

describe('a route that takes keys and tokens', () => {
  it('takes either', async () => {
    expect((await ask('/any', { 'x-api-key': 'key-of-ci' })).status).toBe(200);
    expect((await ask('/any', bearer(hmacToken(claimsOf('u-1'))))).status).toBe(200);
    expect(upstream.requests.at(-1)?.headers['x-user-id']).toBe('u-1');
  });

  it('asks for either', async () => {
    const reply = await ask('/any');
    expectProblem(reply, 401, 'credentials-missing');
    expect(reply.all('www-authenticate')).toEqual([
      'ApiKey realm="sluice", header="x-api-key"',
      'Bearer realm="sluice"',
    ]);
  });

  it('decides by the first that is shown, in its own order', async () => {
    const token = bearer(hmacToken(claimsOf('u-1')));
    expect((await ask('/any', { ...token, 'x-api-key': 'key-of-ci' })).status).toBe(200);
    expect(upstream.requests.at(-1)?.headers['x-user-id']).toBe('robot');
    expectProblem(await ask('/any', { ...token, 'x-api-key': 'unknown' }), 401, 'api-key-unknown');
  });
});
