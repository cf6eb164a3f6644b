import { createPublicKey, type webcrypto } from 'node:crypto';
import { KeyError } from './key-error.js';
import { VerificationKey } from './verification-key.js';

/** More keys than an issuer has in use. */
const KEYS_MAX = 128;
const PUBLIC_TYPES: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP']);

/** A usable key of a set, and a text that is equal for equal keys only. */
export interface NamedKey {
  readonly print: string;
  readonly key: VerificationKey;
}

/**
 * The keys of a JWK Set (RFC 7517 section 5) that signatures can be checked with. Others are passed over, as section 5
 * wants it: encryption keys, unknown types, and secrets, which are none when they can be fetched.
 *
 * @throws KeyError when it is no key set, or none of its keys is usable
 */
export function readKeySet(value: unknown): NamedKey[] {
  const members = isRecord(value) ? value.keys : undefined;
  if (!Array.isArray(members)) throw new KeyError('is no JWK Set: there is no list "keys"');
  if (members.length > KEYS_MAX) throw new KeyError(`has more than ${KEYS_MAX} keys`);
  const keys = members.flatMap((member: unknown) => readKey(member) ?? []);
  if (keys.length === 0) throw new KeyError('has no key that signatures can be checked with');
  return keys;
}

function readKey(member: unknown): NamedKey | null {
  if (!isRecord(member) || !PUBLIC_TYPES.has(member.kty)) return null;
  const { kty, kid, alg, use, key_ops: operations, crv, n, e, x, y } = member;
  if (use !== undefined && use !== 'sig') return null;
  if (Array.isArray(operations) && !operations.includes('verify')) return null;
  // A private key that the world can read proves nothing.
  if ('d' in member) return null;
  if ((kid !== undefined && typeof kid !== 'string') || (alg !== undefined && typeof alg !== 'string')) return null;
  const parameters = { kty, crv, n, e, x, y };
  try {
    const key = createPublicKey({ key: parameters as webcrypto.JsonWebKey, format: 'jwk' });
    return {
      print: JSON.stringify({ kid, alg, ...parameters }),
      key: new VerificationKey(kid ?? null, key, alg ?? null),
    };
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
