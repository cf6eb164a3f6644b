import { isPlainObject } from '../deep-readonly.js';
import type { ConfigProblem } from '../config-error.js';
import type { GatewaySchema } from '../schema/gateway.schema.js';
import { readBoundedFile } from './bounded-file.js';
import type { Places } from './places.js';
import { ValueBuilder } from './value-builder.js';
import type { Environment } from './variables.js';
import { parseYaml } from './yaml-document.js';

/** A configuration as it was written, before anything was checked. */
export interface Written {
  /** null when the text makes no sense as a whole, so that there is nothing to check. */
  readonly value: Record<string, unknown> | null;
  readonly problems: readonly ConfigProblem[];
}

const FILE_BYTES_MAX = 5 * 1024 * 1024;

/** Reads a YAML or JSON file, `${…}` expanded, and notes in `places` where everything stands. */
export function readConfigFile(path: string, schema: GatewaySchema, env: Environment, places: Places): Written {
  const read = readBoundedFile(path, FILE_BYTES_MAX);
  if ('failure' in read) return { value: null, problems: [{ path: '', message: read.failure }] };
  const { document, lines, problems } = parseYaml(read.text);
  if (document === null || problems.length > 0) return { value: null, problems };
  // A file of comments alone is an empty configuration.
  if (document.contents === null) return { value: {}, problems: [] };
  const builder = new ValueBuilder(lines, env, places);
  const value = builder.build(document.contents, schema);
  if (!isPlainObject(value)) {
    const notMapping = { path: '', message: 'must be a mapping of keys such as server, upstreams and routes' };
    return { value: null, problems: builder.problems.length > 0 ? builder.problems : [notMapping] };
  }
  // JSON has no comment to name its schema in.
  if (typeof value.$schema === 'string') delete value.$schema;
  return { value, problems: builder.problems };
}
