import {
  algorithmsOf,
  configuredProviders,
  hasKey,
  RESERVED_PROVIDERS,
  type ApiKeysConfig,
  type JwtConfig,
} from '../configured-providers.js';
import type { ConfigProblem } from '../config-error.js';
import { formatPath } from '../config-path.js';
import { didYouMean } from '../nearest-name.js';
import type { RouteCheck, RouteProblem, SemanticCheck } from './semantic-check.js';

type Found = Pick<ConfigProblem, 'message' | 'hint'> & { at: readonly PropertyKey[] };

/** Each provider is of one kind, and has what it needs to tell right credentials from wrong ones. */
export const checkAuth: SemanticCheck = ({ auth }) => {
  const found: Found[] = [];
  for (const { name, at, jwt, apiKeys } of configuredProviders(auth)) {
    const named = at.length > 2;
    if (named && RESERVED_PROVIDERS.some((reserved) => reserved === name)) {
      found.push({ at, message: `the name belongs to the provider of auth.${name === 'jwt' ? 'jwt' : 'apiKeys'}` });
    }
    if ((jwt === null) === (apiKeys === null)) {
      found.push({ at, message: 'must have exactly one of the keys "jwt" or "apiKeys"' });
      continue;
    }
    if (jwt !== null) found.push(...checkJwt(jwt, named ? [...at, 'jwt'] : at));
    if (apiKeys !== null) found.push(...checkKeys(apiKeys.keys, named ? [...at, 'apiKeys', 'keys'] : at));
  }
  return found.map(({ at, message, hint }) => ({ path: formatPath(at), message, hint }));
};

function checkJwt(jwt: JwtConfig, at: readonly PropertyKey[]): Found[] {
  const given = (['secret', 'publicKey', 'jwks'] as const).filter((key) => jwt[key] !== null);
  if (given.length === 0 || !hasKey(jwt)) {
    return [{ at, message: 'has nothing to check tokens with', hint: 'give it one of secret, publicKey, jwks' }];
  }
  const found = given.slice(1).map((key): Found => ({
    at: [...at, key],
    message: `stands beside ${given[0]}`,
    hint: `keep one of ${given.join(', ')}`,
  }));
  const { jwks, secret } = jwt;
  if (jwks !== null && (jwks.url === null) === (jwks.file === null)) {
    found.push({ at: [...at, 'jwks'], message: 'must have exactly one of the keys "url" or "file"' });
  }
  if (jwt.algorithms === null && secret === null) {
    found.push({
      at: [...at, 'algorithms'],
      message: `must be named beside ${given[0]}`,
      hint: 'write what the issuer signs with, for example [RS256]',
    });
    return found;
  }
  // A public key taken for a secret would let everybody sign.
  const misfits = algorithmsOf(jwt).filter((name) => name.startsWith('HS') !== (secret !== null));
  if (misfits.length > 0) {
    found.push({ at: [...at, 'algorithms'], message: `${misfits.join(', ')} cannot be checked with ${given[0]}` });
  }
  return found;
}

function checkKeys(keys: ApiKeysConfig['keys'], at: readonly PropertyKey[]): Found[] {
  const found: Found[] = [];
  const seen = new Map<string, number>();
  keys.forEach(({ id, sha256 }, index) => {
    for (const [key, value] of [
      ['id', id],
      ['sha256', sha256.toLowerCase()],
    ] as const) {
      const first = seen.get(`${key} ${value}`);
      if (first === undefined) seen.set(`${key} ${value}`, index);
      else found.push({ at: [...at, index, key], message: `is that of key ${first} again` });
    }
  });
  return found;
}

/** A route names providers that there are, and asks for rights only of those who must say who they are. */
export const checkRouteAuth: RouteCheck = ({ auth }, config) => {
  if (auth === undefined) return [];
  const names = configuredProviders(config.auth).map(({ name }) => name);
  if (names.length === 0) {
    const hint = 'set auth.jwt.secret (JWT_SECRET), auth.apiKeys or auth.providers';
    return [{ at: ['auth'], message: 'wants credentials, and there is no provider of any', hint }];
  }
  const problems: RouteProblem[] = [];
  auth.providers.forEach((name, index) => {
    if (names.includes(name)) return;
    const hint = didYouMean(name, names) ?? `there are ${names.join(', ')}`;
    problems.push({ at: ['auth', 'providers', index], message: `no provider is called ${JSON.stringify(name)}`, hint });
  });
  if (!auth.required) {
    for (const key of ['permissions', 'roles'] as const) {
      if (auth[key].length === 0) continue;
      const hint = 'nobody has rights without credentials: take required: false away';
      problems.push({ at: ['auth', key], message: 'cannot be asked of everybody', hint });
    }
  }
  return problems;
};
