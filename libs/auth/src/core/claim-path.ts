import type { Claims } from './jwt/read-token.js';

/**
 * Reads a claim by its name, or by names with dots between them. A claim that is called so as a whole wins, since
 * names may be addresses: `https://example.com/roles`.
 */
export function claimReader(path: string): (claims: Claims) => unknown {
  const names = path.split('.');
  return (claims) => {
    if (Object.hasOwn(claims, path)) return claims[path];
    let value: unknown = claims;
    for (const name of names) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  };
}

/** A claim that is one text, or a number as some issuers count; the empty string for everything else. */
export function textOf(claim: unknown): string {
  if (typeof claim === 'string') return claim;
  return typeof claim === 'number' && Number.isSafeInteger(claim) ? String(claim) : '';
}

/** A list claim: a list of texts, or one text with spaces between them as in `scope` (RFC 8693 section 4.2). */
export function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((text) => text !== '');
  return Array.isArray(claim) ? claim.filter((item): item is string => typeof item === 'string') : [];
}
