import { createHmac, sign, type KeyObject } from 'node:crypto';

export const TOKEN_SECRET = 'a secret of the tests that is long enough';

const encode = (part: string | object): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');

/** Seconds since 1970. */
export const nowS = (): number => Math.floor(Date.now() / 1000);

/** A token with an HS256 signature. Text is taken as it is, so that anything can be signed. */
export function hmacToken(
  payload: string | object,
  header: string | object = { alg: 'HS256', typ: 'JWT' },
  secret: string | Buffer = TOKEN_SECRET,
): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A token with an ES256 signature. */
export function ecToken(payload: object, kid: string | undefined, key: KeyObject): string {
  const signed = `${encode({ alg: 'ES256', ...(kid === undefined ? {} : { kid }) })}.${encode(payload)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** Claims of somebody, good for ten minutes. */
export function claimsOf(sub: string, more: object = {}): object {
  return { sub, exp: nowS() + 600, ...more };
}

export const bearer = (token: string): { authorization: string } => ({ authorization: `Bearer ${token}` });
