/** How a signature is made (RFC 7518 section 3, RFC 8037, RFC 9864). */
export interface Algorithm {
  readonly name: AlgorithmName;
  readonly family: 'hmac' | 'rsa' | 'rsa-pss' | 'ecdsa' | 'eddsa';
  /** Hash as OpenSSL names it; null where the signature has its own. */
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
  /** Length of the hash in bytes, 0 without one. */
  readonly hashBytes: number;
  /** Curve, as Node names it; null where any or none fits. */
  readonly curve: string | null;
  /** Length of each signature in bytes; null where it depends on the key. */
  readonly signatureBytes: number | null;
}

export const ALGORITHM_NAMES = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export type AlgorithmName = (typeof ALGORITHM_NAMES)[number];

const hashes = { '256': ['sha256', 32], '384': ['sha384', 48], '512': ['sha512', 64] } as const;
const curves = { '256': ['prime256v1', 64], '384': ['secp384r1', 96], '512': ['secp521r1', 132] } as const;
const families = { HS: 'hmac', RS: 'rsa', PS: 'rsa-pss', ES: 'ecdsa' } as const;

function describe(name: AlgorithmName): Algorithm {
  if (name === 'EdDSA' || name === 'Ed25519') {
    const curve = name === 'EdDSA' ? null : 'ed25519';
    return { name, family: 'eddsa', hash: null, hashBytes: 0, curve, signatureBytes: null };
  }
  const family = families[name.slice(0, 2) as keyof typeof families];
  const size = name.slice(2) as keyof typeof hashes;
  const [hash, hashBytes] = hashes[size];
  const [curve, curveBytes] = family === 'ecdsa' ? curves[size] : [null, null];
  return { name, family, hash, hashBytes, curve, signatureBytes: family === 'hmac' ? hashBytes : curveBytes };
}

const algorithms: ReadonlyMap<string, Algorithm> = new Map(ALGORITHM_NAMES.map((name) => [name, describe(name)]));

/** The description of a name that is known to be one. */
export function algorithmOf(name: AlgorithmName): Algorithm {
  return algorithms.get(name) ?? describe(name);
}
