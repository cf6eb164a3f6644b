import { z } from 'zod';
import { annotations, type Annotation } from './annotations.js';

type Schema = z.core.$ZodType;

/** A schema seen from outside: what its value may be, with all wrappers taken off. */
export interface Facets {
  /** The kinds that the value may have; a union gives several. */
  readonly options: readonly z.core.$ZodTypes[];
  readonly nullable: boolean;
  /** False when the key must be written. */
  readonly optional: boolean;
  /** What stands in for a missing key; undefined when nothing does. */
  readonly fallback: unknown;
  readonly annotation: Readonly<Annotation>;
  readonly description: string | undefined;
}

const seen = new WeakMap<Schema, Facets>();

export function facetsOf(schema: Schema): Facets {
  const known = seen.get(schema);
  if (known !== undefined) return known;
  const facets = look(schema);
  seen.set(schema, facets);
  return facets;
}

/** The schemas of what lies under a key (or list position) of a value that has one of these schemas. */
export function childrenOf(schemas: readonly Schema[], key: PropertyKey): Schema[] {
  return schemas.flatMap((schema) =>
    facetsOf(schema).options.flatMap((option): Schema[] => {
      const def = option._zod.def;
      if (def.type === 'array') return typeof key === 'number' ? [def.element] : [];
      if (typeof key !== 'string') return [];
      if (def.type === 'record') return [def.valueType];
      if (def.type === 'object' && Object.hasOwn(def.shape, key)) return [def.shape[key]];
      return [];
    }),
  );
}

export function schemasAt(root: Schema, path: readonly PropertyKey[]): Schema[] {
  return path.reduce<Schema[]>((schemas, key) => childrenOf(schemas, key), [root]);
}

/** The names of the keys that a value with one of these schemas may have; those of a map are free and not named. */
export function keysOf(schemas: readonly Schema[]): string[] {
  const names = schemas.flatMap((schema) => facetsOf(schema).options.flatMap((option) => Object.keys(shapeOf(option))));
  return [...new Set(names)];
}

export function shapeOf(option: z.core.$ZodTypes): Readonly<Record<string, Schema>> {
  return option._zod.def.type === 'object' ? option._zod.def.shape : {};
}

function look(schema: Schema): Facets {
  // The cast is zod's own advice: its closed union is what makes `def.type` tell the kinds apart.
  const kind = schema as z.core.$ZodTypes;
  const own = {
    annotation: annotations.get(schema as z.ZodType) ?? {},
    description: z.globalRegistry.get(schema)?.description,
  };
  const def = kind._zod.def;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault': {
      const inner = facetsOf(def.innerType);
      return {
        ...inner,
        nullable: inner.nullable || def.type === 'nullable',
        optional: inner.optional || def.type !== 'nullable',
        fallback: 'defaultValue' in def ? def.defaultValue : inner.fallback,
        annotation: { ...inner.annotation, ...own.annotation },
        description: own.description ?? inner.description,
      };
    }
    case 'readonly':
    case 'catch':
    case 'nonoptional':
      return facetsOf(def.innerType);
    case 'pipe': {
      // The side that the user writes.
      const written = facetsOf(def.in);
      return {
        ...written,
        annotation: { ...written.annotation, ...own.annotation },
        description: own.description ?? written.description,
      };
    }
    case 'lazy':
      return facetsOf(def.getter());
    case 'union': {
      const members = def.options.map((option) => facetsOf(option));
      return {
        options: members.flatMap((member) => member.options),
        nullable: members.some((member) => member.nullable),
        optional: members.some((member) => member.optional),
        fallback: undefined,
        ...own,
      };
    }
    case 'null':
      return { options: [], nullable: true, optional: false, fallback: undefined, ...own };
    default:
      return { options: [kind], nullable: false, optional: false, fallback: undefined, ...own };
  }
}
