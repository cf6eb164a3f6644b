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
  /** True for a map whose entries are masked when their name tells of a secret: `authorization`, `x-api-key`. */
  secretByName?: boolean;
  /** True for a path of a file: it is resolved from the folder of the configuration file, and must be readable. */
  file?: boolean;
  /** What the value is called in errors and on the reference page, where "text" says too little. */
  noun?: string;
}

export const annotations = z.registry<Annotation>();

function annotate<T extends z.ZodType>(schema: T, annotation: Annotation): T {
  annotations.add(schema, { ...annotations.get(schema), ...annotation });
  return schema;
}

export function fromEnv<T extends z.ZodType>(env: string, schema: T): T {
  return annotate(schema, { env });
}

export function secret<T extends z.ZodType>(schema: T): T {
  return annotate(schema, { secret: true });
}

export function secretByName<T extends z.ZodType>(schema: T): T {
  return annotate(schema, { secretByName: true });
}

export function filePath<T extends z.ZodType>(schema: T): T {
  return annotate(schema, { file: true, noun: 'path of a file' });
}

export function named<T extends z.ZodType>(noun: string, schema: T): T {
  return annotate(schema, { noun });
}
