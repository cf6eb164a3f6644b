import type { z } from 'zod';
import { facetsOf } from '../schema/facets.js';

const NUMBER = /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/;
const OCTAL_OR_HEX = /^0(?:o[0-7]+|x[\dA-Fa-f]+)$/;

/** Reads plain text as YAML 1.2 does (core schema): null, true, 12, 1.5, 0x1f, or the text itself. */
export function readPlain(text: string): string | number | boolean | null {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  return NUMBER.test(text) || OCTAL_OR_HEX.test(text) ? Number(text) : text;
}

/**
 * Reads text that comes from the environment as the type that its key takes: a port is a number, and a secret that
 * happens to consist of digits stays text.
 *
 * @param schemas what the key takes; empty for an unknown key
 * @param quoted the text stood in quotes in the file: that keeps an empty text, and text where the key takes anything
 */
export function readTyped(
  text: string,
  schemas: readonly z.core.$ZodType[],
  quoted: boolean,
): string | number | boolean | null {
  const facets = schemas.map((schema) => facetsOf(schema));
  const wanted = new Set<Primitive>(facets.flatMap(({ options }) => options.flatMap(primitivesOf)));
  const value = readPlain(quoted ? text : text.trim());
  if (value === null) return quoted || !facets.some(({ nullable }) => nullable) ? textOrNull(text, quoted) : null;
  if (wanted.has('any') || wanted.size === 0) return quoted ? text : value;
  if (!wanted.has('string')) return value;
  return typeof value !== 'string' && wanted.has(typeof value as Primitive) && !quoted ? value : text;
}

/** An empty value is a missing one, for a key that has to have one. */
function textOrNull(text: string, quoted: boolean): string | null {
  return text === '' && !quoted ? null : text;
}

type Primitive = 'string' | 'number' | 'boolean' | 'any';

function primitivesOf(option: z.core.$ZodTypes): Primitive[] {
  const def = option._zod.def;
  switch (def.type) {
    case 'string':
    case 'template_literal':
      return ['string'];
    case 'number':
      return ['number'];
    case 'boolean':
      return ['boolean'];
    case 'literal':
      return def.values.map((value) => primitiveOf(value));
    case 'enum':
      return Object.values(def.entries).map((value) => primitiveOf(value));
    case 'any':
    case 'unknown':
    case 'custom':
      return ['any'];
    default:
      return [];
  }
}

function primitiveOf(value: unknown): Primitive {
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}
