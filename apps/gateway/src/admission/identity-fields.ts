import { claimReader } from '@app/auth';
import type { AuthConfig } from '../config/schema/gateway.schema.js';
import type { Identity } from '../pipeline/contract/identity.js';
import { fieldText } from './field-text.js';

/** Makes of an identity the fields that tell an upstream who asks, flat. What says nothing gives no field. */
export type IdentityFields = (identity: Identity) => readonly string[];

export function compileIdentityFields(headers: AuthConfig['identityHeaders']): IdentityFields {
  const readers = Object.entries(headers).map(([name, source]) => [name, readerOf(source)] as const);
  return (identity) =>
    readers.flatMap(([name, read]) => {
      const text = fieldText(read(identity));
      return text === '' ? [] : [name, text];
    });
}

/** `$subject` and its like are the same for every provider; anything else is a claim. */
function readerOf(source: string): (identity: Identity) => unknown {
  switch (source) {
    case '$subject':
      return ({ subject }) => subject;
    case '$tenant':
      return ({ tenant }) => tenant;
    case '$roles':
      return ({ roles }) => roles;
    case '$permissions':
      return ({ permissions }) => permissions;
    case '$provider':
      return ({ provider }) => provider;
    case '$apiKey':
      return ({ apiKey }) => apiKey;
    default: {
      const read = claimReader(source);
      return ({ claims }) => read(claims);
    }
  }
}
