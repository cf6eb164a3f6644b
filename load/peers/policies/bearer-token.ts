import { createHmac } from 'node:crypto';

/** What the tokens of the bench are signed with. */
export const SECRET = 'a-secret-of-the-bench-that-is-long-enough-for-hs256';

const VALID_SECONDS = 24 * 60 * 60;

/** A JWT (RFC 7519) with what an access token usually says. */
export function bearerToken({ secret = SECRET, validSeconds = VALID_SECONDS } = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://issuer.example',
    aud: 'bench',
    sub: 'user-4711',
    tenant_id: 'acme',
    permissions: ['users:read', 'users:write'],
    iat: now,
    exp: now + validSeconds,
  };
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
