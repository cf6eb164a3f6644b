import type { TokenFault } from './token-fault.js';

const descriptions: Readonly<Record<TokenFault, string>> = {
  'too-large': 'The token is too large.',
  malformed: 'The token is malformed.',
  header: 'The header of the token is not accepted.',
  algorithm: 'The algorithm of the token is not accepted.',
  'key-unknown': 'The key of the token is not known.',
  'keys-unavailable': 'The token cannot be checked at the moment.',
  signature: 'The signature of the token is wrong.',
  expired: 'The token has expired.',
  'not-yet-valid': 'The token is not valid yet.',
  lifetime: 'The token is valid for too long.',
  issuer: 'The issuer of the token is not accepted.',
  audience: 'The token is not meant for this service.',
  claims: 'A claim of the token is missing or malformed.',
};

/** Every fault there is. */
export const TOKEN_FAULTS = Object.keys(descriptions) as readonly TokenFault[];

/** What may be said of a fault to whoever shows the token: enough to mend it, and nothing of keys and other tokens. */
export function describeFault(fault: TokenFault): string {
  return descriptions[fault];
}

/**
 * A challenge for bearer tokens (RFC 6750 section 3).
 *
 * @param description what is wrong with the token that came; null when none did, which is no error
 */
export function bearerChallenge(realm: string, description: string | null): string {
  const error = description === null ? '' : `, error="invalid_token", error_description="${description}"`;
  return `Bearer realm="${realm}"${error}`;
}
