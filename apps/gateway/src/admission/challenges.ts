import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import type { CredentialCheck } from './credential-checks.js';
import type { CredentialFault } from './refusal-reason.js';

/** What is said of a fault: enough to mend it, and nothing of keys and other tokens. */
const descriptions: Readonly<Record<Exclude<CredentialFault, 'api-key-unknown' | 'keys-unavailable'>, string>> = {
  'too-large': 'The token is too large.',
  malformed: 'The token is malformed.',
  header: 'The header of the token is not accepted.',
  algorithm: 'The algorithm of the token is not accepted.',
  'key-unknown': 'The key of the token is not known.',
  signature: 'The signature of the token is wrong.',
  expired: 'The token has expired.',
  'not-yet-valid': 'The token is not valid yet.',
  lifetime: 'The token is valid for too long.',
  issuer: 'The issuer of the token is not accepted.',
  audience: 'The token is not meant for this service.',
  claims: 'A claim of the token is missing or malformed.',
  ambiguous: 'The credentials came more than once.',
};

/** Time after which keys that could not be fetched may be there, in seconds. */
const KEYS_RETRY_AFTER_S = 5;

/** The refusals of a route, made once. */
export interface Refusals {
  readonly missing: Problem;
  of(fault: CredentialFault): Problem;
}

/** @param checks those of the route: each may be met by other credentials (RFC 9110 section 11.6.1) */
export function compileRefusals(checks: readonly CredentialCheck[], realm: string): Refusals {
  const challenges = (error: string): string[] =>
    checks.flatMap(({ scheme, field }) => [
      'www-authenticate',
      scheme === 'Bearer' ? `Bearer realm="${realm}"${error}` : `ApiKey realm="${realm}", header="${field}"`,
    ]);
  const byFault = new Map<CredentialFault, Problem>();
  for (const [fault, detail] of Object.entries(descriptions) as [keyof typeof descriptions, string][]) {
    const type = fault === 'expired' ? problems.tokenExpired : problems.tokenInvalid;
    // RFC 6750 section 3.1.
    const error = `, error="invalid_token", error_description="${detail}"`;
    byFault.set(fault, new Problem(type, { detail, headers: challenges(error) }));
  }
  byFault.set('api-key-unknown', new Problem(problems.apiKeyUnknown, { headers: challenges('') }));
  const unavailable = new Problem(problems.authKeysUnavailable, {
    headers: ['retry-after', String(KEYS_RETRY_AFTER_S)],
  });
  return {
    // RFC 6750 section 3.1: without credentials there is no error to tell of.
    missing: new Problem(problems.credentialsMissing, { headers: challenges('') }),
    of: (fault) => byFault.get(fault) ?? unavailable,
  };
}
