import type { z } from 'zod';
import { formatPath } from '../config-path.js';
import type { ConfigProblem } from '../config-error.js';
import { didYouMean } from '../nearest-name.js';
import { facetsOf, keysOf, schemasAt } from '../schema/facets.js';
import { phraseOf } from '../schema/phrase.js';
import { explainUnion } from './explain-union.js';
import { explainChoice, explainType, withArticle, type Subject } from './explain-value.js';
import { valueAt } from './input-value.js';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Says what the schema found in the words of the file: with the keys and values that would be right, never with the
 * value that is there, which may be a secret.
 *
 * @param base path of the value that the issue's own path starts from
 */
export function explainIssue(issue: Issue, subject: Subject, base: Path = []): ConfigProblem[] {
  const path = [...base, ...issue.path];
  const secret = secretOn(path, subject.schema);
  if (secret !== null) return [{ path: formatPath(secret), message: explainSecret(issue, secret, subject) }];
  const at = formatPath(path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysOf(schemasAt(subject.schema, path));
      return issue.keys.map((key) => ({
        path: formatPath([...path, key]),
        message: 'unknown key',
        hint: didYouMean(key, known),
      }));
    }
    case 'invalid_type':
      return [{ path: at, ...explainType(path, subject) }];
    case 'invalid_value':
      return [{ path: at, ...explainChoice(issue.values, valueAt(subject.input, path)) }];
    case 'invalid_union':
      return explainUnion(issue, subject, path, explainIssue);
    case 'invalid_key':
      return [{ path: at, message: `the key ${issue.issues[0]?.message ?? 'is not a possible one'}` }];
    case 'too_small':
    case 'too_big':
      return [{ path: at, message: explainSize(issue, path, subject) }];
    case 'invalid_format':
      return [{ path: at, message: explainFormat(issue) }];
    default:
      return [{ path: at, message: issue.message }];
  }
}

function explainSize(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, path: Path, subject: Subject): string {
  const small = issue.code === 'too_small';
  const bound = small ? issue.minimum : issue.maximum;
  if (issue.origin === 'string') {
    return small && bound === 1
      ? 'must not be empty'
      : `must have ${small ? 'at least' : 'at most'} ${bound} characters`;
  }
  if (issue.origin === 'array')
    return `must have ${small ? 'at least' : 'at most'} ${bound} ${bound === 1 ? 'entry' : 'entries'}`;
  const schemas = schemasAt(subject.schema, path);
  // A noun of its own does not tell the bounds.
  const named = schemas.some((schema) => facetsOf(schema).annotation.noun !== undefined);
  return named ? `must be ${small ? 'at least' : 'at most'} ${bound}` : `must be ${withArticle(phraseOf(schemas))}`;
}

function explainFormat(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if ('prefix' in issue && typeof issue.prefix === 'string') return `must begin with ${JSON.stringify(issue.prefix)}`;
  // The schema's own words, unless zod filled in for missing ones.
  if (!issue.message.startsWith('Invalid ')) return issue.message;
  return issue.format === 'regex' ? `must match ${issue.pattern}` : `must be a valid ${issue.format}`;
}

/** Path of the secret that the path leads to or into; null when there is none. */
function secretOn(path: Path, schema: z.core.$ZodType): Path | null {
  for (let length = 1; length <= path.length; length++) {
    const part = path.slice(0, length);
    if (schemasAt(schema, part).some((each) => facetsOf(each).annotation.secret)) return part;
  }
  return null;
}

/** Says nothing of what is there, keys included: somebody may have put the secret itself between the braces. */
function explainSecret(issue: Issue, path: Path, { schema, input }: Subject): string {
  const value = valueAt(input, path);
  if (issue.code === 'too_small' && value === '') return 'must not be empty';
  const phrase = withArticle(phraseOf(schemasAt(schema, path)));
  return value === undefined ? `is missing; it must be ${phrase}` : `must be ${phrase}`;
}
