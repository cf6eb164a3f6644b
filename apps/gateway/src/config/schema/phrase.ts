import type { z } from 'zod';
import { facetsOf, shapeOf } from './facets.js';

type Schema = z.core.$ZodType;

/** Says in words what a value may be: `whole number, 0 to 65535`, `"reject" or "keep"`, `text or null`. */
export function phraseOf(schemas: readonly Schema[]): string {
  const facets = schemas.map((schema) => facetsOf(schema));
  const phrases = facets.flatMap(({ options, annotation }) => {
    if (annotation.noun !== undefined) return [annotation.noun];
    return options.flatMap((option) => phrasesOfOption(option, options.length > 1));
  });
  if (facets.some(({ nullable }) => nullable)) phrases.push('null');
  return listed([...new Set(phrases)]);
}

/** `a, b or c` */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

function phrasesOfOption(option: z.core.$ZodTypes, amongOthers: boolean): string[] {
  const def = option._zod.def;
  switch (def.type) {
    case 'string':
      return ['text'];
    case 'number':
      return [numberPhrase(option)];
    case 'boolean':
      return ['true', 'false'];
    case 'literal':
      return def.values.map((value) => JSON.stringify(value));
    case 'enum':
      return Object.values(def.entries).map((value) => JSON.stringify(value));
    case 'array':
      return [`list of ${plural(phraseOf([def.element]))}`];
    case 'record':
      return [`mapping of ${plural(phraseOf([def.keyType]))} to ${plural(phraseOf([def.valueType]))}`];
    case 'object':
      return [amongOthers ? objectPhrase(option) : 'mapping'];
    default:
      return ['value'];
  }
}

/** Choices stay as they are: list of "br" or "gzip". */
function plural(phrase: string): string {
  return /^[\w ]+$/.test(phrase) && !phrase.includes(' or ') ? `${phrase}s` : phrase;
}

/** A small object that is one choice of several is told by its keys. */
function objectPhrase(option: z.core.$ZodTypes): string {
  const keys = Object.keys(shapeOf(option));
  return keys.length > 2 ? 'mapping' : `{ ${keys.map((key) => `${key}: …`).join(', ')} }`;
}

function numberPhrase(option: z.core.$ZodTypes): string {
  let whole = isWholeFormat('format' in option._zod.def ? option._zod.def.format : undefined);
  let least: number | null = null;
  let most: number | null = null;
  for (const check of option._zod.def.checks ?? []) {
    // zod types a check by its class, and tells it by its definition.
    const def = check._zod.def as { check: string; value?: unknown; format?: unknown };
    if (def.check === 'greater_than' && typeof def.value === 'number') least = def.value;
    if (def.check === 'less_than' && typeof def.value === 'number') most = def.value;
    if (def.check === 'number_format') whole ||= isWholeFormat(def.format);
  }
  const noun = whole ? 'whole number' : 'number';
  if (least !== null && most !== null) return `${noun} from ${least} to ${most}`;
  if (least !== null) return `${noun} of at least ${least}`;
  return most === null ? noun : `${noun} of at most ${most}`;
}

function isWholeFormat(format: unknown): boolean {
  return format === 'safeint' || format === 'int32' || format === 'uint32';
}
