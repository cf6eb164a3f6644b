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
  const schemas = schemasAt(schema, path);
  const wanted = withArticle(phraseOf(schemas));
  if (value === undefined) return { message: `is missing; it must be ${wanted}` };
  // A number that is not whole, or far too large, is still a number: there the phrase says it all.
  if (typeof value === 'number' && takes(schemas, 'number')) return { message: `must be ${wanted}` };
  const message = `must be ${wanted}, not ${kindOf(value)}`;
  const unquoted = typeof value === 'number' || typeof value === 'boolean';
  return unquoted && takes(schemas, 'string') ? { message, hint: 'put it in quotes' } : { message };
}

function takes(schemas: readonly z.core.$ZodType[], type: string): boolean {
  return schemas.some((schema) => facetsOf(schema).options.some((option) => option._zod.def.type === type));
}

/** The value is none of a closed list. */
export function explainChoice(values: readonly unknown[], value: unknown): { message: string; hint?: string } {
  const message = `must be ${listed(values.map((each) => JSON.stringify(each)))}`;
  if (value === undefined) return { message: `is missing; it ${message}` };
  const hint = typeof value === 'string' ? didYouMean(value, values.filter(isText)) : undefined;
  return { message, hint };
}

export function withArticle(phrase: string): string {
  if (/^(?:IP|HTTP|http)/.test(phrase)) return `an ${phrase}`;
  return /^(?:whole|number|list|mapping|value|name|path|field|CIDR)/.test(phrase) ? `a ${phrase}` : phrase;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
