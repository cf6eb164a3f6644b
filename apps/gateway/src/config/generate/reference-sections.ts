import type { z } from 'zod';
import { facetsOf, shapeOf } from '../schema/facets.js';
import { phraseOf } from '../schema/phrase.js';

type Schema = z.core.$ZodType;

/** One key on the reference page. */
export interface KeyRow {
  readonly path: string;
  readonly type: string;
  /** As YAML; null for a key without one. */
  readonly fallback: string | null;
  readonly required: boolean;
  readonly variable: string | null;
  readonly description: string;
}

/** A mapping and its keys. */
export interface Section {
  /** `routes[].match`; empty for the root. */
  readonly path: string;
  readonly description: string;
  readonly rows: readonly KeyRow[];
}

/** All mappings of a schema, outer ones first; one that is used in several places is described at the first. */
export function sectionsOf(root: Schema): Section[] {
  const mappings = new Map<z.core.$ZodTypes, { path: string; description: string }>();
  collect(root, '', mappings);
  return [...mappings].map(([mapping, { path, description }]) => ({
    path,
    description,
    rows: Object.entries(shapeOf(mapping)).map(([key, child]) => rowOf(child, join(path, key), mappings)),
  }));
}

type Mappings = Map<z.core.$ZodTypes, { path: string; description: string }>;

function collect(schema: Schema, path: string, into: Mappings): void {
  const { options, description } = facetsOf(schema);
  const mapping = mappingAmong(options);
  if (mapping !== undefined) {
    if (into.has(mapping)) return;
    into.set(mapping, { path, description: description ?? '' });
    for (const [key, child] of Object.entries(shapeOf(mapping))) collect(child, join(path, key), into);
    return;
  }
  for (const { _zod } of options) {
    if (_zod.def.type === 'array') collect(_zod.def.element, `${path}[]`, into);
    if (_zod.def.type === 'record') collect(_zod.def.valueType, `${path}.<name>`, into);
  }
}

/** The mapping that gets a section. One of few keys that is one choice of several is told by its type, in one line. */
function mappingAmong(options: readonly z.core.$ZodTypes[]): z.core.$ZodTypes | undefined {
  return options.find((option) =>
    options.length === 1 || Object.keys(shapeOf(option)).length > 2 ? option._zod.def.type === 'object' : false,
  );
}

function rowOf(schema: Schema, path: string, mappings: Mappings): KeyRow {
  const { optional, fallback, annotation, description, options } = facetsOf(schema);
  const mapping = mappingAmong(options);
  const elsewhere = mapping === undefined ? undefined : mappings.get(mapping)?.path;
  const pointer = elsewhere === undefined || elsewhere === path ? '' : ` Keys as in \`${elsewhere}\`.`;
  return {
    path,
    type: phraseOf([schema]),
    // A mapping has the defaults of its keys.
    fallback:
      fallback === undefined || (mapping !== undefined && options.length === 1) ? null : JSON.stringify(fallback),
    required: !optional,
    variable: annotation.env ?? null,
    description: `${description ?? ''}${pointer}`.trim(),
  };
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
