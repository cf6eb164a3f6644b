import { bearerChallenge, describeFault, TOKEN_FAULTS } from '@app/auth';
import type { ProblemType } from '../problems/problem-type.js';
import { Problem } from '../problems/problem.js';
import { problems } from '../problems/registry.js';
import type { CredentialCheck } from './credential-checks.js';
import type { CredentialFault } from './refusal-reason.js';

/** Time after which keys that could not be fetched may be there, in seconds. */
const KEYS_RETRY_AFTER_S = 5;

/** The refusals of a route, made once. */
export interface Refusals {
  readonly missing: Problem;
  of(fault: CredentialFault): Problem;
}

/** @param checks those of the route: each may be met by other credentials (RFC 9110 section 11.6.1) */
export function compileRefusals(checks: readonly CredentialCheck[], realm: string): Refusals {
  const challenges = (description: string | null): string[] =>
    checks.flatMap(({ scheme, field }) => [
      'www-authenticate',
      scheme === 'Bearer' ? bearerChallenge(realm, description) : `ApiKey realm="${realm}", header="${field}"`,
    ]);
  const refused = (detail: string, type: ProblemType = problems.tokenInvalid): Problem =>
    new Problem(type, { detail, headers: challenges(detail) });

  const byFault = new Map<CredentialFault, Problem>(
    TOKEN_FAULTS.map((fault) => [fault, refused(describeFault(fault))]),
  );
  byFault.set('ambiguous', refused('The credentials came more than once.'));
  byFault.set('expired', refused(describeFault('expired'), problems.tokenExpired));
  byFault.set('api-key-unknown', new Problem(problems.apiKeyUnknown, { headers: challenges(null) }));
  const unavailable = new Problem(problems.authKeysUnavailable, {
    headers: ['retry-after', String(KEYS_RETRY_AFTER_S)],
  });
  byFault.set('keys-unavailable', unavailable);
  return {
    missing: new Problem(problems.credentialsMissing, { headers: challenges(null) }),
    of: (fault) => byFault.get(fault) ?? unavailable,
  };
}
