import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Req, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AuthModule, FixedKey, Requires, secretKey, textsOf, TokenGuard, TokenVerifier, type Claims } from '@app/auth';
import { call, type CallOptions } from '../helpers/call.js';
import { bearer, claimsOf, hmacToken, nowS, TOKEN_SECRET } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const rules = {
  algorithms: ['HS256'],
  types: ['JWT'],
  tokenBytesMax: 8192,
  issuer: 'main',
  audiences: ['contract'],
  leewayS: 0,
  expiryRequired: true,
  lifetimeMaxS: 3600,
  memory: { entriesMax: 100, bytesMax: 1_000_000 },
} as const;

const verifierOf = () =>
  new TokenVerifier(rules, new FixedKey(secretKey(TOKEN_SECRET, rules.algorithms)), (claims: Claims) => ({
    subject: claims.sub,
    permissions: textsOf(claims.permissions),
    roles: textsOf(claims.roles),
  }));

@Controller()
@UseGuards(TokenGuard)
class Guarded {
  @Get('anybody')
  anybody(@Req() request: { caller: { subject: string } }): string {
    return request.caller.subject;
  }

  @Get('writers')
  @Requires({ permissions: ['write'], roles: ['member'] })
  writers(): string {
    return 'in';
  }
}

@Module({
  imports: [AuthModule.forRoot({ verifier: verifierOf(), realm: 'contract' })],
  controllers: [Guarded],
})
class GuardedModule {}

let app: NestFastifyApplication;
let gateway: RunningGateway;

beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(GuardedModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  const { algorithms, types, tokenBytesMax, issuer, leewayS, lifetimeMaxS, memory } = rules;
  gateway = await startGateway({
    auth: {
      realm: 'contract',
      jwt: {
        secret: TOKEN_SECRET,
        algorithms: [...algorithms],
        types: [...types],
        tokenBytesMax,
        issuer,
        audience: [...rules.audiences],
        leewayS,
        lifetimeMaxS,
        remember: memory,
      },
    },
    routes: [
      { id: 'anybody', match: { path: '/anybody' }, respond: {}, auth: {} },
      { id: 'writers', match: { path: '/writers' }, respond: {}, auth: { permissions: ['write'], roles: ['member'] } },
    ],
  });
});
afterAll(async () => {
  await app?.close();
  await gateway?.close();
});

const token = (more: object, header?: object): string =>
  hmacToken(claimsOf('u-1', { iss: 'main', aud: 'contract', ...more }), header);

describe('the library, its guard and the gateway', () => {
  it.each<[string, () => string, string | null, number, number]>([
    ['a good token', () => token({}), null, 200, 403],
    ['a good token with rights', () => token({ permissions: ['write'], roles: 'member' }), null, 200, 200],
    ['one right of two', () => token({ permissions: ['write'] }), null, 200, 403],
    ['an expired one', () => token({ exp: nowS() - 1 }), 'expired', 401, 401],
    ['one of tomorrow', () => token({ nbf: nowS() + 100 }), 'not-yet-valid', 401, 401],
    ['one for ever', () => token({ exp: nowS() + 7200 }), 'lifetime', 401, 401],
    ['one of another issuer', () => token({ iss: 'other' }), 'issuer', 401, 401],
    ['one for somebody else', () => token({ aud: ['other'] }), 'audience', 401, 401],
    ['one without exp', () => token({ exp: undefined }), 'claims', 401, 401],
    ['one without alg', () => token({}, { typ: 'JWT' }), 'malformed', 401, 401],
    ['one with alg none', () => token({}, { alg: 'none' }), 'algorithm', 401, 401],
    ['one with HS384', () => token({}, { alg: 'HS384' }), 'algorithm', 401, 401],
    ['one with a jwk', () => token({}, { alg: 'HS256', jwk: {} }), 'header', 401, 401],
    ['one that is changed', () => `${token({}).slice(0, -4)}AAAA`, 'signature', 401, 401],
    ['one that is huge', () => token({ pad: 'x'.repeat(8192) }), 'too-large', 401, 401],
    ['none at all', () => 'a.b', 'malformed', 401, 401],
  ])('agree on %s', async (_what, make, fault, anybody, writers) => {
    const given = make();
    const verifier = verifierOf();
    for (let i = 0; i < 2; i++) {
      const found = verifier.verify(given);
      expect(typeof found === 'string' ? found : null).toBe(fault);
      const nest = await app.getUrl();
      for (const [path, status] of [
        ['/anybody', anybody],
        ['/writers', writers],
      ] as const) {
        const replies = await Promise.all(
          [nest, gateway.url].map((url) => call(url + path, { headers: bearer(given) })),
        );
        expect([path, ...replies.map((reply) => reply.status)]).toEqual([path, status, status]);
        const challenges = replies.map((reply) => reply.field('www-authenticate'));
        // What lacks rights is told in ways of their own.
        expect(status === 403 || challenges[0] === challenges[1]).toBe(true);
      }
    }
  });

  it('ask for credentials alike, and take no two', async () => {
    const nest = await app.getUrl();
    const twice = [`Bearer ${token({})}`, `Bearer ${token({})}`];
    for (const headers of [{}, { authorization: twice }] as CallOptions['headers'][]) {
      const replies = await Promise.all([nest, gateway.url].map((url) => call(`${url}/anybody`, { headers })));
      expect(replies.map(({ status }) => status)).toEqual([401, 401]);
      expect(replies[0].field('www-authenticate')).toBe(replies[1].field('www-authenticate'));
    }
  });
});

describe('the guard', () => {
  it('tells handlers who asks, and callers what they lack', async () => {
    const nest = await app.getUrl();
    expect((await call(`${nest}/anybody`, { headers: bearer(token({})) })).text).toBe('u-1');
    const refused = await call(`${nest}/writers`, { headers: bearer(token({ roles: ['member'] })) });
    expect(refused.json).toMatchObject({ missing: { permissions: ['write'], roles: [] } });
  });
});
