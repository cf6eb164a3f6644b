import type { z } from 'zod';
import type { ConfigProblem } from '../config-error.js';
import { formatPath } from '../config-path.js';
import { isPlainObject } from '../deep-readonly.js';
import { didYouMean } from '../nearest-name.js';
import { facetsOf, keysOf, schemasAt } from '../schema/facets.js';
import { listed, phraseOf } from '../schema/phrase.js';
import { explainChoice, explainType, withArticle, type Subject } from './explain-value.js';
import { valueAt } from './input-value.js';

/** Explains one issue inside of a form. */
type Explain = (issue: z.core.$ZodIssue, subject: Subject, base: readonly PropertyKey[]) => ConfigProblem[];
type UnionIssue = Extract<z.core.$ZodIssue, { code: 'invalid_union' }>;

/** Explains a value that fits none of several forms by the form that it was most probably meant to have. */
export function explainUnion(
  issue: UnionIssue,
  subject: Subject,
  path: readonly PropertyKey[],
  explain: Explain,
): ConfigProblem[] {
  const at = formatPath(path);
  const value = valueAt(subject.input, path);
  const branches = issue.errors.filter((branch) => !branch.some(isOfOtherKind));
  if (branches.length === 1) return branches[0].flatMap((inner) => explain(inner, subject, path));
  if (isPlainObject(value) && branches.length > 1) {
    const [best, next] = branches.toSorted((a, b) => a.length - b.length);
    if (best.length < next.length) return best.flatMap((inner) => explain(inner, subject, path));
    return explainKeys(value, subject, path);
  }
  const choices = choicesAt(subject, path);
  if (choices.length > 0 && typeof value === typeof choices[0]) {
    const phrase = withArticle(phraseOf(schemasAt(subject.schema, path)));
    return [{ path: at, ...explainChoice(choices, value), message: `must be ${phrase}` }];
  }
  return [{ path: at, ...explainType(path, subject) }];
}

/** A mapping that is as far from every form: its keys decide. */
function explainKeys(
  value: Record<string, unknown>,
  { schema }: Subject,
  path: readonly PropertyKey[],
): ConfigProblem[] {
  const known = keysOf(schemasAt(schema, path));
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  if (unknown.length === 0) {
    const keys = listed(known.map((key) => JSON.stringify(key)));
    return [{ path: formatPath(path), message: `must have exactly one of the keys ${keys}` }];
  }
  return unknown.map((key) => ({
    path: formatPath([...path, key]),
    message: 'unknown key',
    hint: didYouMean(key, known) ?? `known here: ${known.join(', ')}`,
  }));
}

/** The whole value is of another kind than the branch wants, so that the branch has nothing to say about it. */
function isOfOtherKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

/** The closed values among the forms: those of `ip`, `path` or `{ header: … }` are ip and path. */
function choicesAt({ schema }: Subject, path: readonly PropertyKey[]): unknown[] {
  return schemasAt(schema, path).flatMap((each) =>
    facetsOf(each).options.flatMap((option): unknown[] => {
      const def = option._zod.def;
      if (def.type === 'literal') return def.values;
      return def.type === 'enum' ? Object.values(def.entries) : [];
    }),
  );
}
