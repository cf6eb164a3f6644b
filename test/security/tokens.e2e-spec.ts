import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { AuthProviders } from '../../apps/gateway/src/admission/auth-providers.js';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { KeyIssuer } from '../helpers/key-issuer.js';
import { SeededRandom } from '../helpers/seeded-random.js';
import { bearer, claimsOf, ecToken, hmacToken, nowS, TOKEN_SECRET } from '../helpers/signed-token.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = rsa.publicKey.export({ type: 'spki', format: 'pem' });

let upstream: HttpUpstream;
let issuer: KeyIssuer;
/** Where tokens would lead to, if anybody followed them. */
let trap: KeyIssuer;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startHttpUpstream((_, response) => response.end('in'));
  issuer = await KeyIssuer.start('k-1', 'k-2');
  trap = await KeyIssuer.start('k-1');
  const route = (id: string) => ({
    id,
    match: { path: `/${id}` },
    upstream: 'u',
    auth: { providers: [id] },
  });
  gateway = await startGateway({
    server: { headBytesMax: 262_144 },
    upstreams: { u: { targets: [{ url: upstream.url }] } },
    auth: {
      providers: {
        hs: { jwt: { secret: TOKEN_SECRET, leewayS: 0 } },
        rs: { jwt: { publicKey: PEM, algorithms: ['RS256', 'PS256'], leewayS: 0 } },
        es: { jwt: { jwks: { url: issuer.url }, algorithms: ['ES256'], leewayS: 0 } },
      },
    },
    routes: [route('hs'), route('rs'), route('es')],
  });
});
afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), issuer?.close(), trap?.close()]);
});

const good: Record<string, () => string> = {
  hs: () => hmacToken(claimsOf('u-1')),
  rs: () => {
    const signed = `${part({ alg: 'RS256' })}.${part(claimsOf('u-1'))}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), rsa.privateKey).toString('base64url')}`;
  },
  es: () => ecToken(claimsOf('u-1'), 'k-1', issuer.privateKey('k-1')),
};

function part(value: string | object): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

const status = async (path: string, token: string): Promise<number> =>
  (await call(`${gateway.url}/${path}`, { headers: bearer(token) })).status;

let before = 0;
let remembered = 0;
beforeEach(() => {
  before = upstream.requests.length;
  remembered = gateway.gateway.app.get(AuthProviders).remembered;
});

afterEach(async () => {
  // Nobody got in, and everybody who may still does.
  expect(upstream.requests).toHaveLength(before);
  expect(gateway.gateway.app.get(AuthProviders).remembered).toBe(remembered);
  for (const [path, token] of Object.entries(good)) expect([path, await status(path, token())]).toEqual([path, 200]);
  expect(trap.asked).toBe(0);
});

const HS = { alg: 'HS256' };
const later = (): number => nowS() + 600;

describe('a token is refused each time that it is shown', () => {
  it.each<[string, string, () => string]>([
    ['alg none without a signature', 'hs', () => `${part({ alg: 'none' })}.${part(claimsOf('x'))}.`],
    ['alg none with a signature', 'hs', () => hmacToken(claimsOf('x'), { alg: 'none' })],
    ['alg nOnE', 'rs', () => hmacToken(claimsOf('x'), { alg: 'nOnE' })],
    ['an empty alg', 'hs', () => hmacToken(claimsOf('x'), { alg: '' })],
    ['HS256 with the RSA key as the secret', 'rs', () => hmacToken(claimsOf('x'), HS, PEM)],
    ['HS256 with the RSA key without its last line', 'rs', () => hmacToken(claimsOf('x'), HS, PEM.trim())],
    [
      'HS256 with the RSA key in DER',
      'rs',
      () => hmacToken(claimsOf('x'), HS, rsa.publicKey.export({ type: 'spki', format: 'der' })),
    ],
    ['HS256 with the published key', 'es', () => hmacToken(claimsOf('x'), { ...HS, kid: 'k-1' }, issuer.document)],
    ['an empty HMAC secret', 'hs', () => hmacToken(claimsOf('x'), HS, '')],
    ['RS256 that is named, HS256 that is computed', 'rs', () => hmacToken(claimsOf('x'), { alg: 'RS256' }, PEM)],
    [
      'RS512 where RS256 is pinned',
      'rs',
      () => {
        const signed = `${part({ alg: 'RS512' })}.${part(claimsOf('x'))}`;
        return `${signed}.${sign('sha512', Buffer.from(signed), rsa.privateKey).toString('base64url')}`;
      },
    ],
    [
      'PS256 that is named, RS256 that is computed',
      'rs',
      () => {
        const signed = `${part({ alg: 'PS256' })}.${part(claimsOf('x'))}`;
        return `${signed}.${sign('sha256', Buffer.from(signed), rsa.privateKey).toString('base64url')}`;
      },
    ],
    ['another kid of the same issuer', 'es', () => ecToken(claimsOf('x'), 'k-2', issuer.privateKey('k-1'))],
    ['a kid that nobody has', 'es', () => ecToken(claimsOf('x'), 'k-9', issuer.privateKey('k-1'))],
    ['no kid where there are two keys', 'es', () => ecToken(claimsOf('x'), undefined, issuer.privateKey('k-1'))],
    ['a kid that is a path', 'es', () => ecToken(claimsOf('x'), '../../dev/null', issuer.privateKey('k-1'))],
    ['a kid that is a name of every object', 'es', () => ecToken(claimsOf('x'), '__proto__', issuer.privateKey('k-1'))],
    ['a signature of zeros', 'es', () => good.es().replace(/[^.]+$/, Buffer.alloc(64).toString('base64url'))],
    [
      'a signature in DER',
      'es',
      () => {
        const signed = good.es().replace(/\.[^.]+$/, '');
        return `${signed}.${sign('sha256', Buffer.from(signed), issuer.privateKey('k-1')).toString('base64url')}`;
      },
    ],
    ['an RSA signature of no length', 'rs', () => good.rs().replace(/[^.]+$/, '')],
    [
      'a jwk of its own',
      'es',
      () => {
        const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const signed = `${part({ alg: 'ES256', kid: 'k-1', jwk: own.publicKey.export({ format: 'jwk' }) })}.${part(claimsOf('x'))}`;
        const signature = sign('sha256', Buffer.from(signed), { key: own.privateKey, dsaEncoding: 'ieee-p1363' });
        return `${signed}.${signature.toString('base64url')}`;
      },
    ],
    ['a jku', 'hs', () => hmacToken(claimsOf('x'), { ...HS, jku: trap.url })],
    ['an x5u', 'hs', () => hmacToken(claimsOf('x'), { ...HS, x5u: trap.url })],
    ['an x5c', 'hs', () => hmacToken(claimsOf('x'), { ...HS, x5c: [part(PEM)] })],
    [
      'a crit',
      'hs',
      () => hmacToken(claimsOf('x'), { ...HS, crit: ['http://example.com/x'], 'http://example.com/x': 1 }),
    ],
    ['alg twice', 'hs', () => hmacToken(claimsOf('x'), '{"alg":"none","alg":"HS256"}')],
    ['sub twice', 'hs', () => hmacToken(`{"sub":"a","sub":"root","exp":${later()}}`)],
    ['exp twice, in escapes', 'hs', () => hmacToken(`{"exp":1,"\\u0065xp":${later()}}`)],
    ['a payload of 90 KB', 'hs', () => hmacToken({ ...claimsOf('x'), pad: 'x'.repeat(90_000) })],
    [
      'a payload that nests deep',
      'hs',
      () => hmacToken(`{"exp":${later()},"a":${'['.repeat(1000)}${']'.repeat(1000)}}`),
    ],
    [
      'a header that nests deep',
      'hs',
      () => hmacToken(claimsOf('x'), `{"alg":"HS256","a":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`),
    ],
    ['exp as a text', 'hs', () => hmacToken({ sub: 'x', exp: String(later()) })],
    ['exp as a fraction', 'hs', () => hmacToken({ sub: 'x', exp: later() + 0.5 })],
    ['exp in the far future', 'hs', () => hmacToken({ sub: 'x', exp: 99_999_999_999 })],
    ['exp beyond all numbers', 'hs', () => hmacToken('{"sub":"x","exp":1e400}')],
    ['exp as true', 'hs', () => hmacToken({ sub: 'x', exp: true })],
    ['exp as a list', 'hs', () => hmacToken({ sub: 'x', exp: [later()] })],
    ['no exp', 'hs', () => hmacToken({ sub: 'x' })],
    ['padding', 'hs', () => `${good.hs()}=`],
    ['plain base64', 'hs', () => `${part(HS)}.${Buffer.from('{"sub":"???>>>"}').toString('base64')}.x`],
    ['spaces', 'hs', () => good.hs().replaceAll('.', ' . ')],
    ['a list of two', 'hs', () => `${good.hs()},${good.hs()}`],
    ['an encrypted one', 'hs', () => `${part({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`],
    ['dots', 'hs', () => '.'.repeat(1000)],
    ['bytes beyond ASCII', 'hs', () => `${good.hs()}\u00ff`],
  ])('%s (%s)', async (_what, path, make) => {
    const token = make();
    for (let i = 0; i < 3; i++) {
      const reply = await call(`${gateway.url}/${path}`, { headers: bearer(token) });
      expectProblem(reply, 401, 'token-invalid');
      // Nothing of the token is said back, nor of the key.
      expect(reply.text).not.toContain(token.slice(0, 20) || '.....');
      expect(reply.text).not.toMatch(/BEGIN|secret/i);
    }
  });

  it('with a good signature and anything changed in it', async () => {
    const random = new SeededRandom(7);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.';
    for (const [path, make] of Object.entries(good)) {
      const token = make();
      for (let i = 0; i < 150; i++) {
        const at = random.below(token.length);
        const other = alphabet[random.below(alphabet.length)];
        if (token[at] === other) continue;
        const mutated = token.slice(0, at) + other + token.slice(at + 1);
        expect([path, mutated, await status(path, mutated)]).toEqual([path, mutated, 401]);
      }
    }
  });

  it('however many there are, without a place in memory being taken', async () => {
    const body = `${part(HS)}.${part(claimsOf('x'))}`;
    const random = new SeededRandom(11);
    for (let i = 0; i < 300; i++) {
      const signature = createHmac('sha256', String(random.next())).update(body).digest('base64url');
      expect(await status('hs', `${body}.${signature}`)).toBe(401);
    }
  });
});
