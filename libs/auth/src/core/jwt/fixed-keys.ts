import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { algorithmOf, type AlgorithmName } from './algorithms.js';
import { KeyError } from './key-error.js';
import { VerificationKey } from './verification-key.js';

/**
 * A key from a shared secret, for HS algorithms.
 *
 * @throws KeyError when the secret is shorter than the hash (RFC 7518 section 3.2), or is the text of another kind of
 *   key: whoever knows a public key could sign with it
 */
export function secretKey(secret: string, names: readonly AlgorithmName[], id: string | null = null): VerificationKey {
  if (isKeyText(secret)) throw new KeyError('is the text of a key and no secret');
  const bytes = Buffer.from(secret);
  const least = Math.max(...names.map((name) => algorithmOf(name).hashBytes));
  if (bytes.length < least) {
    throw new KeyError(`must have ${least} bytes at least for ${names.join(', ')} (RFC 7518 section 3.2)`);
  }
  return fitting(new VerificationKey(id, createSecretKey(bytes)), names);
}

/**
 * A key from PEM: a public key, or a certificate with one.
 *
 * @throws KeyError when it is none, holds a private key, or fits an algorithm not
 */
export function publicKey(pem: string, names: readonly AlgorithmName[], id: string | null = null): VerificationKey {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw new KeyError('holds a private key: give the public one');
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new KeyError('holds no public key in PEM');
  }
  return fitting(new VerificationKey(id, key), names);
}

function fitting(key: VerificationKey, names: readonly AlgorithmName[]): VerificationKey {
  const misfit = names.find((name) => !key.fits(algorithmOf(name)));
  if (misfit !== undefined) throw new KeyError(`does not fit ${misfit}: another type of key, or one that is too short`);
  return key;
}

function isKeyText(secret: string): boolean {
  return /-----BEGIN |^\s*ssh-(?:rsa|ed25519) |"kty"\s*:/.test(secret);
}
