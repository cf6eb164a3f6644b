import { AMBIGUOUS, bearerToken, singleField, type ApiKeyTable, type TokenVerifier } from '@app/auth';
import type { ProvenIdentity } from './proven-identity.js';
import type { CredentialFault } from './refusal-reason.js';

/** undefined: the request carries no such credentials. */
export type Finding = ProvenIdentity | CredentialFault | undefined;

/** Looks at one kind of credentials. */
export interface CredentialCheck {
  /** Where the credentials stand. */
  readonly field: string;
  readonly scheme: 'Bearer' | 'ApiKey';
  /** @param fields those of the client, flat. Synchronous unless new keys may come that are worth waiting for. */
  identify(fields: readonly string[]): Finding | Promise<Finding>;
}

/** Faults that another provider of bearer tokens may not find: each has keys, algorithms and an issuer of its own. */
const OF_ANOTHER_ISSUER: ReadonlySet<CredentialFault> = new Set([
  'algorithm',
  'header',
  'key-unknown',
  'signature',
  'issuer',
]);

/** Bearer tokens (RFC 6750 section 2.1) of one or several issuers. */
export class BearerCheck implements CredentialCheck {
  readonly field = 'authorization';
  readonly scheme = 'Bearer';

  /** @param verifiers in the order in which they are asked; at least one */
  constructor(private readonly verifiers: readonly TokenVerifier<ProvenIdentity>[]) {}

  identify(fields: readonly string[]): Finding | Promise<Finding> {
    const value = singleField(fields, this.field);
    if (value === undefined) return undefined;
    if (value === AMBIGUOUS) return 'ambiguous';
    const token = bearerToken(value);
    if (token === undefined) return undefined;
    const found = this.verify(token);
    return found === 'key-unknown' || found === 'keys-unavailable' ? this.verifyWithNewKeys(token, found) : found;
  }

  private verify(token: string): ProvenIdentity | CredentialFault {
    const { verifiers } = this;
    let told = verifiers[0].verify(token);
    for (let i = 1; i < verifiers.length && typeof told === 'string'; i++) {
      const found = verifiers[i].verify(token);
      // What is told is what the issuer of the token would be told, as far as anybody knows it.
      if (typeof found !== 'string' || rank(found) >= rank(told)) told = found;
    }
    return told;
  }

  /** The token may be signed with a key that was published a moment ago. */
  private verifyWithNewKeys(token: string, found: CredentialFault): CredentialFault | Promise<Finding> {
    const fetches = this.verifiers.flatMap((verifier) => verifier.refetch() ?? []);
    return fetches.length === 0 ? found : Promise.all(fetches).then(() => this.verify(token));
  }
}

function rank(fault: CredentialFault): number {
  if (fault === 'key-unknown') return 1;
  if (fault === 'keys-unavailable') return 2;
  return OF_ANOTHER_ISSUER.has(fault) ? 0 : 3;
}

/** API keys in one field, of one or several providers. */
export class ApiKeyCheck implements CredentialCheck {
  readonly scheme = 'ApiKey';

  constructor(
    readonly field: string,
    private readonly tables: readonly ApiKeyTable<ProvenIdentity>[],
  ) {}

  identify(fields: readonly string[]): Finding {
    const key = singleField(fields, this.field);
    if (key === undefined) return undefined;
    if (key === AMBIGUOUS) return 'ambiguous';
    for (const table of this.tables) {
      const found = table.find(key);
      if (found !== undefined) return found;
    }
    return 'api-key-unknown';
  }
}
