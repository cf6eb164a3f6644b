import { describe, expect, it } from '@jest/globals';
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { ALGORITHM_NAMES, type AlgorithmName } from './algorithms.js';
import { publicKey, secretKey } from './fixed-keys.js';
import { FixedKey } from './key-source.js';
import type { Claims } from './read-token.js';
import { TokenVerifier, type TokenRules } from './token.verifier.js';

const NOW_S = 1_800_000_000;
const SECRET = 'a secret of sixty-four bytes, which is what HS512 wants to have!';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pairs: Record<string, { publicKey: KeyObject; privateKey: KeyObject }> = {
  RS: rsa,
  PS: rsa,
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  Ed: generateKeyPairSync('ed25519'),
};

function pairFor(name: AlgorithmName) {
  return pairs[name] ?? pairs[name.slice(0, 2)];
}

const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' });
const rules: TokenRules = {
  algorithms: ['HS256'],
  types: ['JWT', 'at+jwt'],
  tokenBytesMax: 8192,
  issuer: null,
  audiences: [],
  leewayS: 0,
  expiryRequired: true,
  lifetimeMaxS: 86_400,
  memory: { entriesMax: 100, bytesMax: 1_000_000 },
};

function verifierFor(name: AlgorithmName, more: Partial<TokenRules> = {}, now = () => NOW_S * 1000) {
  const key = name.startsWith('HS') ? secretKey(SECRET, [name]) : publicKey(pemOf(pairFor(name).publicKey), [name]);
  return new TokenVerifier({ ...rules, algorithms: [name], ...more }, new FixedKey(key), (claims) => ({ claims }), now);
}

/** As jose signs it. */
function signed(name: AlgorithmName, claims: Record<string, unknown>, header: Record<string, unknown> = {}) {
  const key = name.startsWith('HS') ? new TextEncoder().encode(SECRET) : pairFor(name).privateKey;
  return new SignJWT(claims).setProtectedHeader({ alg: name, ...header }).sign(key);
}

const encode = (text: string | Buffer): string => Buffer.from(text).toString('base64url');

/** Signed with the right secret, whatever stands in it. */
function forged(header: string | object, payload: string | object): string {
  const text = (part: string | object): string => (typeof part === 'string' ? part : JSON.stringify(part));
  const body = `${encode(text(header))}.${encode(text(payload))}`;
  return `${body}.${createHmac('sha256', SECRET).update(body).digest('base64url')}`;
}

const good = { sub: 'u-1', exp: NOW_S + 600 };
const header = { alg: 'HS256', typ: 'JWT' };

describe('a token that jose signs', () => {
  it.each(ALGORITHM_NAMES)('with %s is taken, and then remembered', async (name) => {
    const verifier = verifierFor(name);
    const token = await signed(name, good, { typ: 'JWT', kid: 'any' });
    const found = verifier.verify(token);
    expect(found).toEqual({ claims: good });
    expect(verifier.verify(token)).toBe(found);
    expect(verifier.remembered).toBe(1);
  });

  it.each(ALGORITHM_NAMES)('with %s is refused once a bit of it is another', async (name) => {
    const verifier = verifierFor(name);
    const [head, payload, signature] = (await signed(name, good)).split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[bytes.length >> 1] ^= 1;
    expect(verifier.verify([head, payload, bytes.toString('base64url')].join('.'))).toBe('signature');
    const other = encode(JSON.stringify({ ...good, sub: 'root' }));
    expect(verifier.verify([head, other, signature].join('.'))).toBe('signature');
    expect(verifier.verify([head, payload, encode(bytes.subarray(1))].join('.'))).toBe('signature');
    expect(verifier.remembered).toBe(0);
  });

  it.each(ALGORITHM_NAMES.flatMap((name) => ALGORITHM_NAMES.map((pinned) => [name, pinned] as const)))(
    'with %s is refused where %s is pinned, unless they are one',
    async (name, pinned) => {
      const found = verifierFor(pinned).verify(await signed(name, good));
      expect(found).toEqual(name === pinned ? { claims: good } : 'algorithm');
    },
  );
});

describe('a token is refused', () => {
  it.each<[string, string, string]>([
    ['without a signature', `${encode('{"alg":"none"}')}.${encode(JSON.stringify(good))}.`, 'malformed'],
    ['with alg none and a signature', forged({ alg: 'none' }, good), 'algorithm'],
    ['with alg None', forged({ alg: 'None' }, good), 'algorithm'],
    ['with alg hs256', forged({ alg: 'hs256' }, good), 'algorithm'],
    ['with alg of an object’s own names', forged({ alg: 'constructor' }, good), 'algorithm'],
    ['without alg', forged({ typ: 'JWT' }, good), 'malformed'],
    ['with alg as a list', forged({ alg: ['HS256'] }, good), 'malformed'],
    ['with two algs', forged('{"alg":"HS256","alg":"none"}', good), 'malformed'],
    ['with a jwk of its own', forged({ ...header, jwk: { kty: 'oct', k: encode(SECRET) } }, good), 'header'],
    ['with a jku', forged({ ...header, jku: 'https://evil.example/keys' }, good), 'header'],
    ['with an x5u', forged({ ...header, x5u: 'https://evil.example/cert' }, good), 'header'],
    ['with an x5c', forged({ ...header, x5c: ['MII'] }, good), 'header'],
    ['with a crit that nobody knows', forged({ ...header, crit: ['exp'], exp: 1 }, good), 'header'],
    ['with an empty crit', forged({ ...header, crit: [] }, good), 'header'],
    ['with b64 false', forged({ ...header, crit: ['b64'], b64: false }, good), 'header'],
    ['of another type', forged({ ...header, typ: 'logout+jwt' }, good), 'header'],
    ['of a type that is no text', forged({ ...header, typ: 1 }, good), 'header'],
    ['with a kid that is no text', forged({ ...header, kid: 1 }, good), 'malformed'],
    ['with a kid that is a path of some length', forged({ ...header, kid: '../'.repeat(100) }, good), 'malformed'],
    ['with a header that is no object', forged('["HS256"]', good), 'malformed'],
    ['with a header that is null', forged('null', good), 'malformed'],
    ['with a payload that is no JSON', forged(header, 'sub'), 'malformed'],
    ['with a payload that is a list', forged(header, '[]'), 'malformed'],
    [
      'with a payload that is no UTF-8',
      forgedBytes(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
      'malformed',
    ],
    ['with a byte order mark', forged(header, `\ufeff${JSON.stringify(good)}`), 'malformed'],
    ['with a claim twice', forged(header, `{"exp":1,"exp":${NOW_S + 600}}`), 'malformed'],
    [
      'with a claim twice, once in escapes',
      forged(header, `{"sub":"a","s\\u0075b":"b","exp":${NOW_S + 600}}`),
      'malformed',
    ],
    ['with an inner claim twice', forged(header, `{"a":[{"b":1,"b":2}],"exp":${NOW_S + 600}}`), 'malformed'],
    [
      'that nests deep',
      forged(header, `{"a":${'['.repeat(1000)}${']'.repeat(1000)},"exp":${NOW_S + 600}}`),
      'malformed',
    ],
    ['that is huge', forged(header, { ...good, pad: 'x'.repeat(10_000) }), 'too-large'],
    ['without exp', forged(header, { sub: 'u-1' }), 'claims'],
    ['with exp as a text', forged(header, { exp: String(NOW_S + 600) }), 'claims'],
    ['with exp as a fraction', forged(header, { exp: NOW_S + 600.5 }), 'claims'],
    ['with exp null', forged(header, { exp: null }), 'claims'],
    ['with exp below zero', forged(header, { exp: -1 }), 'claims'],
    ['with exp beyond all numbers', forged(header, '{"exp":1e999}'), 'claims'],
    ['with exp beyond whole numbers', forged(header, '{"exp":9007199254740993}'), 'claims'],
    ['with exp in the far future', forged(header, { exp: 32_503_680_000 }), 'lifetime'],
    ['at the second of exp', forged(header, { exp: NOW_S }), 'expired'],
    ['before nbf', forged(header, { ...good, nbf: NOW_S + 1 }), 'not-yet-valid'],
    ['with nbf as a text', forged(header, { ...good, nbf: '0' }), 'claims'],
    ['from the future', forged(header, { ...good, iat: NOW_S + 1 }), 'not-yet-valid'],
    ['with iat as a list', forged(header, { ...good, iat: [] }), 'claims'],
    ['with a sub that is no text', forged(header, { ...good, sub: 1 }), 'claims'],
    ['with an iss that is no text', forged(header, { ...good, iss: {} }), 'claims'],
    ['with an aud that is no text', forged(header, { ...good, aud: [1] }), 'claims'],
    ['with padding', `${forged(header, good)}=`, 'malformed'],
    ['with a line break', `${forged(header, good)}\n`, 'malformed'],
    ['in plain base64', forged(header, good).replace('.', '+.'), 'malformed'],
    ['with a fourth part', `${forged(header, good)}.${encode('x')}`, 'malformed'],
    ['with two parts', forged(header, good).slice(0, 30), 'malformed'],
    ['with no parts', '', 'malformed'],
    ['with empty parts', '..', 'malformed'],
    ['in five parts, as an encrypted one', 'a.b.c.d.e', 'malformed'],
  ])('%s', (_what, token, fault) => {
    const verifier = verifierFor('HS256');
    expect(verifier.verify(token)).toBe(fault);
    expect(verifier.verify(token)).toBe(fault);
    expect(verifier.remembered).toBe(0);
    expect(verifier.verify(forged(header, good))).toEqual({ claims: good });
  });

  function forgedBytes(payload: Buffer): string {
    const body = `${encode(JSON.stringify(header))}.${encode(payload)}`;
    return `${body}.${createHmac('sha256', SECRET).update(body).digest('base64url')}`;
  }

  it('in every other spelling of its last character, which decodes to the same bytes', () => {
    const token = forged(header, good);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const taken = alphabet
      .split('')
      .filter((last) => typeof verifierFor('HS256').verify(token.slice(0, -1) + last) === 'object');
    expect(taken).toEqual([token.at(-1)]);
  });

  it('when HS256 was computed with the text of a public key', () => {
    const pem = pemOf(rsa.publicKey);
    const body = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(good))}`;
    const token = `${body}.${createHmac('sha256', pem).update(body).digest('base64url')}`;
    expect(verifierFor('RS256').verify(token)).toBe('algorithm');
    // Not even where somebody pins both.
    const key = publicKey(pem, ['RS256']);
    const both = new TokenVerifier({ ...rules, algorithms: ['RS256', 'HS256'] }, new FixedKey(key), () => ({}));
    expect(both.verify(token)).toBe('key-unknown');
  });

  it('when it names another key than the one there is', async () => {
    const key = secretKey(SECRET, ['HS256'], 'k-1');
    const verifier = new TokenVerifier(
      rules,
      new FixedKey(key),
      (claims) => ({ claims }),
      () => NOW_S * 1000,
    );
    expect(verifier.verify(await signed('HS256', good, { kid: 'k-2' }))).toBe('key-unknown');
    expect(verifier.verify(await signed('HS256', good, { kid: 'k-1' }))).toEqual({ claims: good });
    expect(verifier.verify(await signed('HS256', good))).toEqual({ claims: good });
  });
});

describe('the rules of a provider', () => {
  const with_ = (more: Partial<TokenRules>, claims: Record<string, unknown>) =>
    verifierFor('HS256', more).verify(forged(header, { ...good, ...claims }));

  it('are those of the gateway where nothing else is said', () => {
    const given = { algorithms: ['HS256'], issuer: undefined, expiryRequired: undefined, leewayS: undefined } as const;
    const plain = new TokenVerifier(
      given,
      new FixedKey(secretKey(SECRET, ['HS256'])),
      (claims) => ({ claims }),
      () => NOW_S * 1000,
    );
    const found = (claims: Record<string, unknown>, typ = 'JWT') =>
      plain.verify(forged({ alg: 'HS256', typ }, { ...good, ...claims }));
    expect(found({ iss: 'anybody', aud: 'anything' }, 'at+jwt')).toBeInstanceOf(Object);
    expect(found({}, 'other')).toBe('header');
    expect(found({ exp: undefined })).toBe('claims');
    expect(found({ exp: NOW_S - 29 })).toBeInstanceOf(Object);
    expect(found({ exp: NOW_S - 30 })).toBe('expired');
    expect(found({ exp: NOW_S + 31_536_030 })).toBeInstanceOf(Object);
    expect(found({ exp: NOW_S + 31_536_031 })).toBe('lifetime');
    expect(found({ pad: 'x'.repeat(8_192) })).toBe('too-large');
    expect(plain.remembered).toBe(3);
  });

  it('name the issuer', () => {
    expect(with_({ issuer: 'https://a' }, { iss: 'https://a' })).toBeInstanceOf(Object);
    expect(with_({ issuer: 'https://a' }, { iss: 'https://a/' })).toBe('issuer');
    expect(with_({ issuer: 'https://a' }, {})).toBe('issuer');
  });

  it('name audiences, one of which is enough', () => {
    expect(with_({ audiences: ['a', 'b'] }, { aud: 'b' })).toBeInstanceOf(Object);
    expect(with_({ audiences: ['a', 'b'] }, { aud: ['x', 'a'] })).toBeInstanceOf(Object);
    expect(with_({ audiences: ['a', 'b'] }, { aud: ['x'] })).toBe('audience');
    expect(with_({ audiences: ['a', 'b'] }, { aud: [] })).toBe('audience');
    expect(with_({ audiences: ['a', 'b'] }, {})).toBe('audience');
  });

  it('bear clocks that differ, and no more', () => {
    for (const [name, fault, at] of [
      ['exp', 'expired', NOW_S - 30],
      ['nbf', 'not-yet-valid', NOW_S + 31],
      ['iat', 'not-yet-valid', NOW_S + 31],
    ] as const) {
      const inside = at + (name === 'exp' ? 1 : -1);
      expect([name, with_({ leewayS: 30 }, { [name]: inside })]).toEqual([name, expect.any(Object)]);
      expect([name, with_({ leewayS: 30 }, { [name]: at })]).toEqual([name, fault]);
    }
  });

  it('may let tokens go without exp, or live long', () => {
    const verifier = verifierFor('HS256', { expiryRequired: false, lifetimeMaxS: null });
    expect(verifier.verify(forged(header, { sub: 'u-1' }))).toBeInstanceOf(Object);
    expect(verifier.verify(forged(header, { exp: 32_503_680_000 }))).toBeInstanceOf(Object);
  });

  it('may take other types, in any case and with application/', () => {
    const verifier = verifierFor('HS256', { types: ['Secret+JWT'] });
    expect(verifier.verify(forged({ ...header, typ: 'application/secret+jwt' }, good))).toBeInstanceOf(Object);
    expect(verifier.verify(forged(header, good))).toBe('header');
  });
});

describe('a remembered token', () => {
  it('is forgotten when it expires, to the second', () => {
    let nowMs = NOW_S * 1000;
    const verifier = verifierFor('HS256', { leewayS: 5 }, () => nowMs);
    const token = forged(header, good);
    expect(verifier.verify(token)).toBeInstanceOf(Object);
    nowMs = (good.exp + 5) * 1000 - 1;
    expect(verifier.verify(token)).toBeInstanceOf(Object);
    nowMs += 1;
    expect(verifier.verify(token)).toBe('expired');
    expect(verifier.remembered).toBe(0);
  });

  it('is described once, by claims that nobody can change', () => {
    let described = 0;
    const describe_ = (claims: Claims): { claims: Claims } => {
      described++;
      return { claims };
    };
    const verifier = new TokenVerifier(
      rules,
      new FixedKey(secretKey(SECRET, ['HS256'])),
      describe_,
      () => NOW_S * 1000,
    );
    const token = forged(header, { ...good, realm_access: { roles: ['a'] } });
    const found = verifier.verify(token) as { claims: { realm_access: { roles: string[] } } };
    verifier.verify(token);
    expect(described).toBe(1);
    expect(() => found.claims.realm_access.roles.push('admin')).toThrow(TypeError);
  });
});

describe('keys that are given', () => {
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });

  it.each<[string, () => unknown]>([
    ['a secret shorter than its hash', () => secretKey('short', ['HS256'])],
    ['a secret long enough for one of two', () => secretKey('x'.repeat(32), ['HS256', 'HS512'])],
    ['a public key as a secret', () => secretKey(pemOf(rsa.publicKey), ['HS256'])],
    ['a JWK as a secret', () => secretKey(JSON.stringify(rsa.publicKey.export({ format: 'jwk' })), ['HS256'])],
    ['a secret for RS256', () => secretKey(SECRET, ['RS256'])],
    ['a public key for HS256', () => publicKey(pemOf(rsa.publicKey), ['HS256'])],
    ['an RSA key for ES256', () => publicKey(pemOf(rsa.publicKey), ['ES256'])],
    ['a key of another curve', () => publicKey(pemOf(pairs.ES384.publicKey), ['ES256'])],
    ['an RSA key of 1024 bits', () => publicKey(pemOf(small.publicKey), ['RS256'])],
    ['a private key', () => publicKey(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }), ['RS256'])],
    ['no key', () => publicKey('-----BEGIN PUBLIC KEY-----', ['RS256'])],
  ])('%s is refused', (_what, make) => {
    expect(make).toThrow(expect.objectContaining({ name: 'KeyError' }));
  });
});
