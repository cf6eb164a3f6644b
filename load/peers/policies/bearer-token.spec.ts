import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { bearer, bearerToken, SECRET } from './bearer-token.ts';

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()) as Record<string, unknown>;

describe('the token of the bench', () => {
  it('is signed with HS256', () => {
    const token = bearerToken();
    const [head, payload, signature] = token.split('.');
    expect(signature).toBe(createHmac('sha256', SECRET).update(`${head}.${payload}`).digest('base64url'));
    expect(bearer(token)).toEqual({ authorization: `Bearer ${token}` });
  });

  it('is valid for a day, or has expired', () => {
    const now = Date.now() / 1000;
    expect(claimsOf(bearerToken()).exp).toBeGreaterThan(now + 3_600);
    expect(claimsOf(bearerToken({ validSeconds: -60 })).exp).toBeLessThan(now);
  });
});
