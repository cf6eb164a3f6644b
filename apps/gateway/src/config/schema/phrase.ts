import type { z } from 'zod';
import { facetsOf, shapeOf } from './facets.js';

type Schema = z.core.$ZodType;

/** Says in words what a value may be: `whole number, 0 to 65535`, `"reject" or "keep"`, `text or null`. */
export function phraseOf(schemas: readonly Schema[]): string {
  const facets = schemas.map((schema) => facetsOf(schema));
  const phrases = facets.flatMap(({ options, annotation }) => {
    if (annotation.noun !== undefined) return [annotation.noun];
    return options.map((option) => phraseOfOption(option, options.length > 1));
  });
  if (facets.some(({ nullable }) => nullable)) phrases.push('null');
  return listed([...new Set(phrases)]);
}

/** `a, b or c` */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`;
}

function phraseOfOption(option: z.core.$ZodTypes, amongOthers: boolean): string {
  const def = option._zod.def;
  switch (def.type) {
    case 'string':
      return 'text';
    case 'number':
      return numberPhrase(option);
    case 'boolean':
      return 'true or false';
    case 'literal':
      return listed(def.values.map((value) => JSON.stringify(value)));
    case 'enum':
      return listed(Object.values(def.entries).map((value) => JSON.stringify(value)));
    case 'array':
      return `list of ${phraseOf([def.element])}`;
    case 'record':
      return 'mapping';
    case 'object':
      return amongOthers ? objectPhrase(option) : 'mapping';
    default:
      return 'value';
  }
}

/** A small object that is one choice of several is told by its keys. */
function objectPhrase(option: z.core.$ZodTypes): string {
  const keys = Object.keys(shapeOf(option));
  return keys.length > 2 ? 'mapping' : `{ ${keys.map((key) => `${key}: …`).join(', ')} }`;
}

function numberPhrase(option: z.core.$ZodTypes): string {
  const { minimum, maximum, format } = option._zod.bag;
  const noun = format === 'safeint' || format === 'int32' || format === 'uint32' ? 'whole number' : 'number';
  const least = typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : null;
  const most = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : null;
  if (least !== null && most !== null) return `${noun} from ${least} to ${most}`;
  if (least !== null) return `${noun}, ${least} or more`;
  if (most !== null) return `${noun}, ${most} or less`;
  return noun;
}
