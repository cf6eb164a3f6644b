import { didYouMean } from '../nearest-name.js';

const PARAMETER = /^:[A-Za-z_]\w*$/;
// RFC 3986 section 3.3 (pchar), and percent-encoding looked at apart.
const SEGMENT = /^[\w\-.~!$&'()*+,;=:@%]*$/;

/** What a path with parameters holds: the names in their order, and whether it ends in `*`. */
export interface PathNames {
  readonly parameters: readonly string[];
  readonly tail: boolean;
}

export function namesIn(path: string): PathNames {
  const segments = path.split('/');
  return {
    parameters: segments.filter((segment) => segment.startsWith(':')).map((segment) => segment.slice(1)),
    tail: segments.at(-1) === '*',
  };
}

/**
 * What is wrong with the form of a path that has parameters. Paths of requests are normalised before they are matched
 * (docs/request-path.md), so a path that no normal form can equal is a mistake.
 */
export function findPathMistake(path: string): { message: string; hint?: string } | null {
  if (/[?#]/.test(path)) return { message: 'holds a query or a fragment', hint: 'a path ends before "?" and "#"' };
  const segments = path.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '' && !last) return { message: 'holds an empty segment ("//")' };
    if (/^(?:\.|%2e){1,2}(?:;|$)/i.test(segment)) return { message: 'holds a "." or ".." segment' };
    if (segment.includes('*') && (segment !== '*' || !last)) {
      return { message: '"*" stands only for the rest of a path, as its last segment', hint: 'write %2A for a star' };
    }
    if (segment.startsWith(':') && !PARAMETER.test(segment)) {
      return { message: `${JSON.stringify(segment)} is no parameter`, hint: 'one is ":" and letters, digits or "_"' };
    }
    const braces = /^\{([A-Za-z_]\w*)\}$/.exec(segment);
    if (braces !== null) return { message: 'holds a parameter in braces', hint: `write :${braces[1]}` };
    const encoding = findEncodingMistake(segment);
    if (encoding !== null) return encoding;
  }
  return null;
}

function findEncodingMistake(segment: string): { message: string; hint?: string } | null {
  if (/%(?![\dA-Fa-f]{2})/.test(segment)) return { message: 'holds a bad percent-encoding', hint: 'write %25 for "%"' };
  if (/%(?:[01][\dA-Fa-f]|7[Ff])/.test(segment)) return { message: 'holds an encoded control character' };
  if (SEGMENT.test(segment)) return null;
  const encoded = segment.replace(/[^\w\-.~!$&'()*+,;=:@%]/gu, (character) =>
    character.isWellFormed() ? encodeURIComponent(character) : '%EF%BF%BD',
  );
  return { message: 'holds a character that a path cannot hold', hint: `write ${encoded}` };
}

/** Names that a template uses and the path of the route does not have. */
export function findUnknownNames(template: string, path: string): { message: string; hint?: string }[] {
  const known = namesIn(path);
  const used = namesIn(template);
  const unknown = used.parameters
    .filter((name) => !known.parameters.includes(name))
    .map((name) => ({
      message: `uses :${name}, which match.path does not have`,
      hint: didYouMean(name, known.parameters),
    }));
  const tail = used.tail && !known.tail ? [{ message: 'uses *, but match.path does not end in one' }] : [];
  return [...unknown, ...tail];
}
