import type { z } from 'zod';
import { didYouMean } from '../nearest-name.js';
import { facetsOf, schemasAt } from '../schema/facets.js';
import { listed, phraseOf } from '../schema/phrase.js';
import { kindOf, valueAt } from './input-value.js';

type Path = readonly PropertyKey[];

/** What an issue is explained against. */
export interface Subject {
  readonly schema: z.core.$ZodType;
  readonly input: unknown;
}

/** The value is of the wrong kind, or missing. */
export function explainType(path: Path, { schema, input }: Subject): { message: string; hint?: string } {
  const value = valueAt(input, path);
  const phrase = phraseOf(schemasAt(schema, path));
  if (value === undefined) return { message: `is missing; it must be ${withArticle(phrase)}` };
  const message = `must be ${withArticle(phrase)}`;
  const takesText = schemasAt(schema, path).some((each) =>
    facetsOf(each).options.some((option) => option._zod.def.type === 'string'),
  );
  const kind = kindOf(value);
  // A number that is not whole is still a number: there the phrase says it all.
  if (typeof value === 'number' && phrase.includes('number')) return { message };
  if (takesText && (typeof value === 'number' || typeof value === 'boolean')) {
    return { message: `${message}, not ${kind}`, hint: 'put it in quotes' };
  }
  return { message: `${message}, not ${kind}` };
}

/** The value is none of a closed list. */
export function explainChoice(values: readonly unknown[], value: unknown): { message: string; hint?: string } {
  const message = `must be ${listed(values.map((each) => JSON.stringify(each)))}`;
  if (value === undefined) return { message: `is missing; it ${message}` };
  const hint = typeof value === 'string' ? didYouMean(value, values.filter(isText)) : undefined;
  return { message, hint };
}

export function withArticle(phrase: string): string {
  if (/^(?:whole number|number|list|mapping|value|name|path|field|http)/.test(phrase))
    return `a ${phrase}`.replace('a http', 'an http');
  return /^(?:IP|HTTP)/.test(phrase) ? `an ${phrase}` : phrase;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
