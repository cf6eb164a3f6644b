import type { z } from 'zod';
import { isPlainObject } from '../deep-readonly.js';
import { formatPath } from '../config-path.js';
import { facetsOf, shapeOf } from '../schema/facets.js';
import type { Places } from './places.js';
import { readTyped } from './scalar-text.js';
import type { Environment } from './variables.js';

/** A key that an environment variable overrides. */
export interface EnvironmentKey {
  readonly variable: string;
  readonly path: readonly string[];
  readonly schema: z.core.$ZodType;
}

/** All keys with a variable. Those under lists and maps have none: there is no telling which entry is meant. */
export function environmentKeys(schema: z.core.$ZodType, path: readonly string[] = []): EnvironmentKey[] {
  const { annotation, options } = facetsOf(schema);
  const own = annotation.env === undefined ? [] : [{ variable: annotation.env, path, schema }];
  const inner = options.flatMap((option) =>
    Object.entries(shapeOf(option)).flatMap(([key, child]) => environmentKeys(child, [...path, key])),
  );
  return [...own, ...inner];
}

/** Writes the variables that are set, and not empty, over the values of the file. */
export function applyEnvironment(
  root: Record<string, unknown>,
  schema: z.core.$ZodType,
  env: Environment,
  places: Places,
): void {
  for (const { variable, path, schema: keySchema } of environmentKeys(schema)) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const parent = parentIn(root, path.slice(0, -1));
    if (parent === null) continue;
    parent[path[path.length - 1]] = readTyped(text, [keySchema], false);
    places.setOverride(formatPath(path), variable);
  }
}

/** null when something else than a mapping stands on the way, which the schema reports. */
function parentIn(root: Record<string, unknown>, path: readonly string[]): Record<string, unknown> | null {
  let at = root;
  for (const key of path) {
    const next = (at[key] ??= {});
    if (!isPlainObject(next)) return null;
    at = next;
  }
  return at;
}
