import { z } from 'zod';

/**
 * What the schema says about a key beyond its type. It is kept beside the schema (zod registry), so that the
 * environment table, the reference page and `print-config` are derived from the one source.
 */
export interface Annotation {
  [key: string]: unknown;
  /** The environment variable that overrides this key. */
  env?: string;
  /** True when the value must be masked wherever the configuration is shown. */
  secret?: boolean;
}

export const annotations = z.registry<Annotation>();

export function fromEnv<T extends z.ZodType>(env: string, schema: T): T {
  annotations.add(schema, { ...annotations.get(schema), env });
  return schema;
}

export function secret<T extends z.ZodType>(schema: T): T {
  annotations.add(schema, { ...annotations.get(schema), secret: true });
  return schema;
}
