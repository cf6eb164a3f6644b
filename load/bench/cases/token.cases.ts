import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { BenchCase, SyncSubject } from '../harness/bench-case.ts';
import { built } from '../harness/built.ts';

type AuthModule = typeof import('../../../libs/auth/src/index.ts');
type AlgorithmName = 'HS256' | 'RS256' | 'ES256';

const SECRET = 'a-secret-of-the-bench-that-is-long-enough-for-hs256';
const TOKENS = 1_024;

/** From the value of `Authorization` to the claims. */
export const tokenCases: readonly BenchCase[] = [
  {
    name: 'token/recall',
    title: 'one of 1,024 remembered tokens',
    limit: { metric: 'nsPerOp', atMost: 250 },
    prepare: () => verifies('HS256', TOKENS, TOKENS),
  },
  { name: 'token/hs256', title: 'verify HS256', prepare: () => verifies('HS256', 16, 0) },
  { name: 'token/rs256', title: 'verify RS256, 2,048 bits', prepare: () => verifies('RS256', 16, 0) },
  { name: 'token/es256', title: 'verify ES256', prepare: () => verifies('ES256', 16, 0) },
  { name: 'token/forged', title: 'refuse a token of another secret, HS256', prepare: forged },
];

async function verifies(algorithm: AlgorithmName, count: number, entriesMax: number): Promise<SyncSubject> {
  const { key, signer } = await keysFor(algorithm);
  const verify = await verifierFor(algorithm, key, entriesMax);
  const values = Array.from({ length: count }, (_, i) => `Bearer ${tokenOf(algorithm, `user-${i}`, signer)}`);
  // bearerToken() cuts the token out, as it is done for each request: a text that is new to V8's hash.
  const op = (i: number): number => verify(values[i % count]);
  for (let i = 0; i < count; i++) if (op(i) !== `user-${i}`.length) throw new Error(`token ${i} was refused`);
  return { kind: 'sync', op };
}

async function forged(): Promise<SyncSubject> {
  const { key } = await keysFor('HS256');
  const verify = await verifierFor('HS256', key, TOKENS);
  const value = `Bearer ${tokenOf('HS256', 'user-1', hmacWith('another-secret-that-is-as-long-as-it-should-be'))}`;
  const op = (): number => verify(value);
  if (op() >= 0) throw new Error('a forged token was taken');
  return { kind: 'sync', op };
}

/** @returns the length of the subject's name, or -1 for a refused token */
async function verifierFor(
  algorithm: AlgorithmName,
  key: ConstructorParameters<AuthModule['FixedKey']>[0],
  entriesMax: number,
): Promise<(authorization: string) => number> {
  const { bearerToken, FixedKey, TokenVerifier } = await built<AuthModule>('libs/auth/src/index.ts');
  const verifier = new TokenVerifier(
    {
      algorithms: [algorithm],
      types: ['JWT', 'at+jwt'],
      tokenBytesMax: 8_192,
      memory: { entriesMax, bytesMax: 64 << 20 },
      issuer: 'https://issuer.example',
      audiences: ['bench'],
      leewayS: 5,
      expiryRequired: true,
      lifetimeMaxS: null,
    },
    new FixedKey(key),
    (claims) => ({ user: String(claims.sub), tenant: String(claims.tenant_id) }),
  );
  return (authorization) => {
    const found = verifier.verify(bearerToken(authorization) ?? '');
    return typeof found === 'string' ? -1 : found.user.length;
  };
}

type Signer = (text: string) => string;

async function keysFor(algorithm: AlgorithmName) {
  const { publicKey, secretKey } = await built<AuthModule>('libs/auth/src/index.ts');
  if (algorithm === 'HS256') return { key: secretKey(SECRET, ['HS256']), signer: hmacWith(SECRET) };
  const pair =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' });
  return { key: publicKey(pem, [algorithm]), signer: signatureWith(pair.privateKey) };
}

function hmacWith(secret: string): Signer {
  return (text) => createHmac('sha256', secret).update(text).digest('base64url');
}

function signatureWith(key: KeyObject): Signer {
  return (text) => sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}

function tokenOf(alg: AlgorithmName, sub: string, signer: Signer): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://issuer.example',
    aud: 'bench',
    sub,
    tenant_id: 'acme',
    permissions: ['users:read', 'users:write'],
    iat: now,
    exp: now + 3_600,
  };
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encoded({ alg, typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${signer(signed)}`;
}
