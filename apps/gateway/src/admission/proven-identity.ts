import { claimReader, textOf, textsOf, type Claims } from '@app/auth';
import type { ApiKeysConfig, JwtConfig } from '../config/configured-providers.js';
import type { Identity } from '../pipeline/contract/identity.js';
import type { IdentityFields } from './identity-fields.js';

/** An identity that a provider of the configuration vouches for. One object serves all requests with the credentials. */
export class ProvenIdentity implements Identity {
  /** What upstreams are told, flat. */
  readonly fields: readonly string[];

  constructor(
    readonly provider: string,
    readonly subject: string,
    readonly tenant: string,
    readonly apiKey: string,
    readonly roles: readonly string[],
    readonly permissions: readonly string[],
    readonly claims: Claims,
    fieldsOf: IdentityFields,
  ) {
    this.fields = fieldsOf(this);
  }
}

/** Reads identities from the claims of a provider's tokens. */
export function identityReader(
  provider: string,
  claims: JwtConfig['claims'],
  fieldsOf: IdentityFields,
): (claims: Claims) => ProvenIdentity {
  const subject = claimReader(claims.subject);
  const tenant = claimReader(claims.tenant);
  const roles = claimReader(claims.roles);
  const permissions = claimReader(claims.permissions);
  return (given) =>
    new ProvenIdentity(
      provider,
      textOf(subject(given)),
      textOf(tenant(given)),
      '',
      Object.freeze(textsOf(roles(given))),
      Object.freeze(textsOf(permissions(given))),
      given,
      fieldsOf,
    );
}

/** The identity behind an API key, with the claims that a token for it would have. */
export function identityOfKey(
  provider: string,
  { id, subject, tenant, roles, permissions }: ApiKeysConfig['keys'][number],
  fieldsOf: IdentityFields,
): ProvenIdentity {
  const claims = Object.freeze({
    ...(subject === '' ? {} : { sub: subject }),
    ...(tenant === '' ? {} : { tenant_id: tenant }),
    roles,
    permissions,
  });
  return new ProvenIdentity(provider, subject, tenant, id, roles, permissions, claims, fieldsOf);
}
