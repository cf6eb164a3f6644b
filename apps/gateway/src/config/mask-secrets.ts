import type { z } from 'zod';
import { isPlainObject } from './deep-readonly.js';
import { childrenOf, facetsOf } from './schema/facets.js';

const MASK = '***';
/** Names of fields that hold secrets. */
export const TELLING_NAME = /authorization|cookie|credential|key|passw|secret|session|token/i;

/** A copy of a configuration, fit to be shown: what the schema marks as secret, and fields with a telling name, masked. */
export function maskSecrets(value: unknown, schema: z.core.$ZodType): unknown {
  return mask(value, [schema]);
}

function mask(value: unknown, schemas: readonly z.core.$ZodType[]): unknown {
  const annotations = schemas.map((schema) => facetsOf(schema).annotation);
  if (annotations.some(({ secret }) => secret)) return blot(value);
  if (Array.isArray(value)) return value.map((item, index) => mask(item, childrenOf(schemas, index)));
  if (!isPlainObject(value)) return value;
  const byName = annotations.some(({ secretByName }) => secretByName);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      byName && TELLING_NAME.test(key) ? blot(item) : mask(item, childrenOf(schemas, key)),
    ]),
  );
}

/** Hides every value, and leaves to be seen that there is none. */
function blot(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(blot);
  if (!isPlainObject(value)) return MASK;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, blot(item)]));
}
