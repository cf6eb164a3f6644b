import { claimReader, type Claims } from '@app/auth';
import type { AuthConfig } from '../config/schema/gateway.schema.js';
import { fieldText } from './field-text.js';

/** Makes of claims the fields that tell an upstream who asks, flat. A claim that says nothing gives no field. */
export type IdentityFields = (claims: Claims) => readonly string[];

export function compileIdentityFields(headers: AuthConfig['identityHeaders']): IdentityFields {
  const readers = Object.entries(headers).map(([name, path]) => [name, claimReader(path)] as const);
  return (claims) =>
    readers.flatMap(([name, read]) => {
      const text = fieldText(read(claims));
      return text === '' ? [] : [name, text];
    });
}
