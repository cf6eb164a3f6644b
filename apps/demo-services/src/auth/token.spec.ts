import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { issueToken, type TokenSubject } from './token.js';

const subject: TokenSubject = { userId: 'u-1', tenantId: 'acme', roles: ['admin'], permissions: ['users:read'] };

function decode(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

describe('issueToken', () => {
  it('names the algorithm and makes the claims that the gateway reads', () => {
    const [header, claims] = issueToken(subject, 'secret', 1_700_000_000_999).split('.');
    expect(decode(header)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decode(claims)).toEqual({
      iss: 'sluice-demo',
      aud: 'sluice',
      sub: 'u-1',
      tenant_id: 'acme',
      roles: ['admin'],
      permissions: ['users:read'],
      iat: 1_700_000_000,
      exp: 1_700_003_600,
    });
  });

  it('signs header and claims with HMAC-SHA256', () => {
    const [header, claims, signature] = issueToken(subject, 'secret').split('.');
    expect(signature).toBe(createHmac('sha256', 'secret').update(`${header}.${claims}`).digest('base64url'));
  });

  it('signs differently with another secret', () => {
    expect(issueToken(subject, 'one', 0)).not.toBe(issueToken(subject, 'two', 0));
  });

  it('uses no character that a header or URL would have to escape', () => {
    expect(issueToken({ ...subject, userId: 'ü?>~' }, 'secret')).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });
});
