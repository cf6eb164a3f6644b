import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { call, type CallOptions, type Reply } from '../helpers/call.js';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { bearer, claimsOf, hmacToken, nowS, TOKEN_SECRET } from '../helpers/signed-token.js';
import { stageOf } from '../helpers/stage-of.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const OTHER_SECRET = 'the secret of another issuer, long enough';

/** Knows people by their badge. */
const badges = stageOf(
  {
    request(context) {
      const badge = context.head.field('x-badge');
      if (badge === undefined) return undefined;
      context.identity = {
        provider: 'badges',
        subject: `badge-${badge}`,
        tenant: 'lobby',
        apiKey: '',
        roles: [],
        permissions: [],
        claims: {},
      };
      return undefined;
    },
  },
  'badges',
  'authenticate',
);

let upstream: HttpUpstream;
let gateway: RunningGateway;
let before = 0;

beforeAll(async () => {
  upstream = await startHttpUpstream((_, response) => response.end('ok'));
  gateway = await startGateway(
    {
      upstreams: { u: { targets: [{ url: upstream.url }] } },
      auth: {
        realm: 'tests',
        jwt: { secret: TOKEN_SECRET, issuer: 'main', audience: ['gateway'], leewayS: 0 },
        providers: {
          partner: {
            jwt: { secret: OTHER_SECRET, issuer: 'partner', forwardToken: false, claims: { subject: 'uid' } },
          },
        },
      },
      routes: [
        { id: 'open', match: { path: '/open' }, upstream: 'u' },
        { id: 'closed', match: { path: '/closed/*' }, upstream: 'u', auth: { providers: ['jwt'] } },
        { id: 'either', match: { path: '/either' }, upstream: 'u', auth: {} },
        { id: 'partner', match: { path: '/partner' }, upstream: 'u', auth: { providers: ['partner'] } },
        { id: 'optional', match: { path: '/optional' }, upstream: 'u', auth: { required: false, providers: ['jwt'] } },
        {
          id: 'socket',
          match: { path: '/socket' },
          upstream: 'u',
          websocket: true,
          auth: { providers: ['jwt'] },
        },
        {
          id: 'custom',
          match: { path: '/custom' },
          upstream: 'u',
          auth: { required: false },
        },
        { id: 'fixed', match: { path: '/fixed' }, respond: { body: 'secret' }, auth: { providers: ['jwt'] } },
      ],
    },
    { stages: [badges] },
  );
});
afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});
beforeEach(() => {
  before = upstream.requests.length;
});

const ask = (path: string, options: CallOptions = {}): Promise<Reply> => call(gateway.url + path, options);
const main = (more: object = {}): string => hmacToken(claimsOf('u-1', { iss: 'main', aud: 'gateway', ...more }));
const partner = (more: object = {}): string =>
  hmacToken(claimsOf('p', { iss: 'partner', uid: 'p-1', ...more }), { alg: 'HS256' }, OTHER_SECRET);

describe('a route that wants a token', () => {
  it('lets a request with a good one through, again and again, and the token goes on', async () => {
    const headers = bearer(main());
    for (let i = 0; i < 3; i++) expect((await ask('/closed/a', { headers })).status).toBe(200);
    expect(upstream.requests).toHaveLength(before + 3);
    expect(upstream.requests.at(-1)?.headers.authorization).toBe(headers.authorization);
  });

  it('takes the scheme in any case', async () => {
    expect((await ask('/closed', { headers: { authorization: `bearer ${main()}` } })).status).toBe(200);
  });

  it('refuses a request without one, and says what it wants (RFC 6750 section 3)', async () => {
    const others: CallOptions['headers'][] = [{}, { authorization: 'Basic YTpi' }, { 'x-api-key': main() }];
    for (const headers of others) {
      const reply = await ask('/closed/a', { headers });
      expectProblem(reply, 401, 'credentials-missing');
      expect(reply.field('www-authenticate')).toBe('Bearer realm="tests"');
    }
    expect(upstream.requests).toHaveLength(before);
  });

  it('refuses an expired one, and says so', async () => {
    const reply = await ask('/closed/a', { headers: bearer(main({ exp: nowS() - 1 })) });
    expectProblem(reply, 401, 'token-expired');
    expect(reply.field('www-authenticate')).toBe(
      'Bearer realm="tests", error="invalid_token", error_description="The token has expired."',
    );
    expect(upstream.requests).toHaveLength(before);
  });

  it.each<[string, () => string, string]>([
    ['signed with another secret', () => hmacToken(claimsOf('u-1'), undefined, OTHER_SECRET), 'signature'],
    ['of another issuer', () => main({ iss: 'other' }), 'issuer'],
    ['for another audience', () => main({ aud: ['other'] }), 'not meant for this service'],
    ['that begins tomorrow', () => main({ nbf: nowS() + 86_400 }), 'not valid yet'],
    ['that is none', () => 'token', 'malformed'],
    ['that is empty', () => '', 'malformed'],
  ])('refuses one %s, and says what is wrong with it', async (_what, token, told) => {
    const reply = await ask('/closed/a', { headers: bearer(token()) });
    expectProblem(reply, 401, 'token-invalid');
    expect(reply.json).toMatchObject({ detail: expect.stringContaining(told) });
    expect(reply.field('www-authenticate')).toContain('error="invalid_token", error_description="');
    expect(upstream.requests).toHaveLength(before);
  });

  it('refuses two at once, since nobody knows which of them the service would read', async () => {
    const headers = { authorization: [`Bearer ${main()}`, `Bearer ${main()}`] };
    expectProblem(await ask('/closed/a', { headers }), 401, 'token-invalid');
    expect(upstream.requests).toHaveLength(before);
  });

  it('keeps what it answers itself from others as well', async () => {
    expectProblem(await ask('/fixed'), 401, 'credentials-missing');
    expect((await ask('/fixed', { headers: bearer(main()) })).text).toBe('secret');
  });

  it('refuses a body that it need not read', async () => {
    const reply = await ask('/closed/a', { method: 'POST', body: 'x'.repeat(100_000) });
    expectProblem(reply, 401, 'credentials-missing');
    expect(upstream.requests).toHaveLength(before);
  });
});

describe('an upgrade', () => {
  const upgrade = (more: string) =>
    converse(
      gateway.port,
      `GET /socket HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\n${more}\r\n`,
    );

  it('wants a token as any other request', async () => {
    const { replies, ended } = await upgrade('');
    expectWireProblem(replies[0], 401, 'credentials-missing');
    expect(ended).toBe(true);
    expect(upstream.requests).toHaveLength(before);
    await upgrade(`Authorization: Bearer ${main()}\r\n`);
    expect(upstream.requests).toHaveLength(before + 1);
    expect(upstream.requests[before].headers).toMatchObject({ upgrade: 'websocket', 'x-user-id': 'u-1' });
  });
});

describe('an identity that a stage of somebody else has found', () => {
  it('is told to the upstream as well', async () => {
    expect((await ask('/custom', { headers: { 'x-badge': '7' } })).status).toBe(200);
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ 'x-user-id': 'badge-7', 'x-tenant-id': 'lobby' });
  });
});

describe('several providers', () => {
  it('are chosen by the route', async () => {
    expect((await ask('/partner', { headers: bearer(partner()) })).status).toBe(200);
    expect((await ask('/closed', { headers: bearer(partner()) })).status).toBe(401);
    expect((await ask('/partner', { headers: bearer(main()) })).status).toBe(401);
  });

  it('are all taken where the route names none', async () => {
    for (const token of [main(), partner()]) {
      expect((await ask('/either', { headers: bearer(token) })).status).toBe(200);
    }
    expectProblem(
      await ask('/either', { headers: bearer(hmacToken(claimsOf('x'), undefined, 'z'.repeat(40))) }),
      401,
      'token-invalid',
    );
  });

  it('tell what the issuer of the token would tell', async () => {
    for (const token of [main({ exp: 1 }), partner({ exp: 1 })]) {
      expectProblem(await ask('/either', { headers: bearer(token) }), 401, 'token-expired');
    }
  });

  it('name the subject by claims of their own, and may keep the token from the upstream', async () => {
    await ask('/partner', { headers: bearer(partner()) });
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ 'x-user-id': 'p-1' });
    expect(upstream.requests.at(-1)?.headers.authorization).toBeUndefined();
  });
});

describe('a route that wants none', () => {
  it('lets everybody through, and looks at nothing', async () => {
    const reply = await ask('/open', { headers: bearer('broken') });
    expect(reply.status).toBe(200);
    expect(upstream.requests.at(-1)?.headers).toMatchObject(bearer('broken'));
    expect(upstream.requests.at(-1)?.headers['x-user-id']).toBeUndefined();
  });

  it('but takes one, knows who asks when it is good, and refuses it when it is not', async () => {
    expect((await ask('/optional')).status).toBe(200);
    expect(upstream.requests.at(-1)?.headers['x-user-id']).toBeUndefined();
    expect((await ask('/optional', { headers: bearer(main()) })).status).toBe(200);
    expect(upstream.requests.at(-1)?.headers['x-user-id']).toBe('u-1');
    expectProblem(await ask('/optional', { headers: bearer('broken') }), 401, 'token-invalid');
  });
});

describe('refusals', () => {
  it('are counted by their reason', async () => {
    const counted = async (reason: string): Promise<number> => {
      const { text } = await ask('/metrics');
      return Number(
        new RegExp(`^api_gateway_auth_failures_total{reason="${reason}"} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
      );
    };
    const reasons = ['missing', 'signature', 'expired'];
    const counts = await Promise.all(reasons.map(counted));
    await ask('/closed');
    await ask('/closed', { headers: bearer(hmacToken(claimsOf('x'), undefined, OTHER_SECRET)) });
    await ask('/closed', { headers: bearer(main({ exp: 1 })) });
    expect(await Promise.all(reasons.map(counted))).toEqual(counts.map((count) => count + 1));
  });
});
