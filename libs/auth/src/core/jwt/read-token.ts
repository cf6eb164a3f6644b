import { isUtf8 } from 'node:buffer';
import { decodeBase64url } from './base64url.js';
import { hasPlainMembers } from './json-members.js';
import type { TokenFault } from './token-fault.js';

export type Claims = Readonly<Record<string, unknown>>;

/** A token taken apart; nothing of it is proven yet. */
export interface ReadToken {
  readonly algorithm: string;
  /** null when the token names no key. */
  readonly keyId: string | null;
  /** Header and payload as they were signed. */
  readonly signed: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** Deeper JSON is an attack on whoever walks it: claims of identity providers nest two or three levels. */
const DEPTH_MAX = 16;
const KEY_ID_MAX = 256;

/** Header parameters by which a token names the key that it is to be checked with. The sender of a token has no say in that. */
const KEY_BEARING = ['jwk', 'jku', 'x5u', 'x5c'] as const;

/**
 * Takes a JWS in compact form apart (RFC 7515 section 7.1). The payload is left unread: it is looked at once the
 * signature holds.
 *
 * @param types values of `typ` that are taken, lower-case; a token without `typ` is taken too
 */
export function readToken(token: string, types: ReadonlySet<string>): ReadToken | TokenFault {
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 0 || second < 0 || token.includes('.', second + 1)) return 'malformed';
  const headerBytes = decodeBase64url(token.slice(0, first));
  const payload = decodeBase64url(token.slice(first + 1, second));
  const signature = decodeBase64url(token.slice(second + 1));
  if (headerBytes === null || payload === null || signature === null) return 'malformed';
  const header = parseMembers(headerBytes);
  if (header === null || typeof header.alg !== 'string') return 'malformed';
  // RFC 7515 section 4.1.11: we understand no extension, so that each critical one is too much.
  if (Object.hasOwn(header, 'crit') || KEY_BEARING.some((name) => Object.hasOwn(header, name))) return 'header';
  if (!isTypeTaken(header, types)) return 'header';
  const keyId = Object.hasOwn(header, 'kid') ? header.kid : null;
  if (keyId !== null && (typeof keyId !== 'string' || keyId.length > KEY_ID_MAX)) return 'malformed';
  return { algorithm: header.alg, keyId, signed: token.slice(0, second), payload, signature };
}

/** A JSON object with unique member names, or null. */
export function parseMembers(bytes: Buffer): Claims | null {
  // Replacement characters would make different names equal.
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return hasPlainMembers(text, DEPTH_MAX) ? (value as Claims) : null;
}

/** RFC 7515 section 4.1.9: compared without regard to case, and `application/` may be left away. */
function isTypeTaken(header: Claims, types: ReadonlySet<string>): boolean {
  if (!Object.hasOwn(header, 'typ')) return true;
  return typeof header.typ === 'string' && types.has(header.typ.toLowerCase().replace(/^application\//, ''));
}
