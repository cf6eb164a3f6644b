import { readFileSync } from 'node:fs';
import {
  fetchKeySet,
  FixedKey,
  KeyError,
  publicKey,
  readKeySetFile,
  RefreshedKeys,
  secretKey,
  type KeySource,
} from '@app/auth';
import { algorithmsOf, type JwtConfig } from '../config/configured-providers.js';

/** The key that the configuration gives itself. @throws KeyError when it is unusable; null when there is none */
export function fixedKeyOf(jwt: JwtConfig): FixedKey | null {
  const names = algorithmsOf(jwt);
  if (jwt.secret !== null) return new FixedKey(secretKey(jwt.secret, names, jwt.keyId));
  if (jwt.publicKey !== null) return new FixedKey(publicKey(jwt.publicKey, names, jwt.keyId));
  return null;
}

/** @param onFetch told of each fetch: null for success */
export function keySourceOf(jwt: JwtConfig, onFetch: (error: Error | null) => void): KeySource | RefreshedKeys {
  const fixed = fixedKeyOf(jwt);
  if (fixed !== null) return fixed;
  const { jwks } = jwt;
  if (jwks === null) throw new KeyError('there is no key');
  const { url, file, timeoutMs } = jwks;
  const ca = jwks.caFile === null ? null : readFileSync(jwks.caFile, 'utf8');
  return new RefreshedKeys({
    load: (signal) => (url === null ? readKeySetFile(file ?? '') : fetchKeySet({ url, timeoutMs, ca }, signal)),
    settings: jwks,
    onOutcome: onFetch,
  });
}
