import { createHmac } from 'node:crypto';

/** Secret that signs when nothing else is set. Anybody can read it here: it protects nothing. */
export const DEFAULT_JWT_SECRET = 'demo-secret-change-me-32-bytes-long!!';
const TOKEN_ISSUER = 'sluice-demo';
const TOKEN_AUDIENCE = 'sluice';
/** Time a token is good for, in seconds. */
export const TOKEN_LIFETIME_SECONDS = 3600;

/** Who a token is about. */
export interface TokenSubject {
  userId: string;
  tenantId: string;
  roles: readonly string[];
  permissions: readonly string[];
}

/**
 * A JSON Web Token signed with HMAC-SHA256 (RFC 7519, RFC 7515 section 3.1).
 * `now` is in milliseconds since 1970.
 */
export function issueToken(subject: TokenSubject, secret: string, now = Date.now()): string {
  const issuedAt = Math.floor(now / 1000);
  const signed = [
    encode({ alg: 'HS256', typ: 'JWT' }),
    encode({
      iss: TOKEN_ISSUER,
      aud: TOKEN_AUDIENCE,
      sub: subject.userId,
      tenant_id: subject.tenantId,
      roles: subject.roles,
      permissions: subject.permissions,
      iat: issuedAt,
      exp: issuedAt + TOKEN_LIFETIME_SECONDS,
    }),
  ].join('.');
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
