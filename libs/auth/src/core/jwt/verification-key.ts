import { constants, createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { Algorithm } from './algorithms.js';

/** NIST SP 800-131A; RFC 7518 section 3.3. */
const RSA_BITS_MIN = 2048;

/** A key that signatures are checked with. It checks only by algorithms that its type is made for. */
export class VerificationKey {
  /** Taken out of its set: what was proven by it counts no longer. */
  removed = false;

  /**
   * @param id `kid`, or null for a key that is taken whatever a token names
   * @param only the one algorithm that the key says it is for, or null
   */
  constructor(
    readonly id: string | null,
    private readonly key: KeyObject,
    private readonly only: string | null = null,
  ) {}

  /** Whether the key may be used so: never a secret by the way of a public key, nor the other way round. */
  fits({ name, family, curve }: Algorithm): boolean {
    if (this.only !== null && this.only !== name) return false;
    const { type, asymmetricKeyType, asymmetricKeyDetails } = this.key;
    if (family === 'hmac') return type === 'secret';
    if (type !== 'public') return false;
    switch (family) {
      case 'rsa':
        return asymmetricKeyType === 'rsa' && isStrong(asymmetricKeyDetails);
      case 'rsa-pss':
        return (asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss') && isStrong(asymmetricKeyDetails);
      case 'ecdsa':
        return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === curve;
      case 'eddsa':
        return asymmetricKeyType === 'ed25519' || (asymmetricKeyType === 'ed448' && curve === null);
    }
  }

  /** @param algorithm one that fits */
  verifies(algorithm: Algorithm, signed: string, signature: Buffer): boolean {
    const { family, hash, hashBytes, signatureBytes } = algorithm;
    if (signatureBytes !== null && signature.length !== signatureBytes) return false;
    if (family === 'hmac') {
      const expected = createHmac(hash ?? '', this.key)
        .update(signed, 'latin1')
        .digest();
      return timingSafeEqual(expected, signature);
    }
    try {
      return verify(hash, Buffer.from(signed, 'latin1'), optionsFor(this.key, family, hashBytes), signature);
    } catch {
      // OpenSSL throws for some signatures that cannot be one.
      return false;
    }
  }
}

function isStrong(details: KeyObject['asymmetricKeyDetails']): boolean {
  return (details?.modulusLength ?? 0) >= RSA_BITS_MIN;
}

function optionsFor(key: KeyObject, family: Algorithm['family'], hashBytes: number): Parameters<typeof verify>[2] {
  switch (family) {
    case 'rsa':
      return { key, padding: constants.RSA_PKCS1_PADDING };
    case 'rsa-pss':
      // RFC 7518 section 3.5: the salt is as long as the hash.
      return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: hashBytes };
    case 'ecdsa':
      return { key, dsaEncoding: 'ieee-p1363' };
    default:
      return key;
  }
}
