import { readFileSync } from 'node:fs';
import { KeyError, readKeySet } from '@app/auth';
import { configuredProviders, hasKey, type JwtConfig } from '../config/configured-providers.js';
import { formatPath } from '../config/config-path.js';
import type { ConfigProblem } from '../config/index.js';
import type { SemanticCheck } from '../config/semantics/semantic-check.js';
import { fixedKeyOf } from './key-sources.js';

/** Keys that stand in the configuration can be used as it says. What an address serves is not asked for here. */
export const checkAuthKeys: SemanticCheck = ({ auth }) =>
  configuredProviders(auth).flatMap(({ at, jwt }) => {
    if (jwt === null || !hasKey(jwt)) return [];
    return checkJwtKey(jwt, at.length > 2 ? [...at, 'jwt'] : at);
  });

function checkJwtKey(jwt: JwtConfig, at: readonly PropertyKey[]): ConfigProblem[] {
  const file = jwt.jwks?.file ?? null;
  const key = jwt.secret !== null ? ['secret'] : jwt.publicKey !== null ? ['publicKey'] : ['jwks', 'file'];
  try {
    if (fixedKeyOf(jwt) === null && file !== null) readKeySet(parse(readFileSync(file, 'utf8')));
    return [];
  } catch (error) {
    // A file that cannot be read has been found by then.
    return KeyError.is(error) ? [{ path: formatPath([...at, ...key]), message: error.message }] : [];
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyError('is no JSON');
  }
}
