const NEWLINE = '\n';

/**
 * The URI of a request as far as stored responses are told apart by it: scheme, host, port when it is not the default,
 * path and query. None of the parts can hold what the next one begins with.
 *
 * @param host lower-case, without port and final dot
 * @param authority as the client wrote it
 * @param path normalised, beginning with a slash
 * @param query with its question mark, or the empty string
 */
export function uriKey(scheme: string, host: string, authority: string, path: string, query: string): string {
  if (authority.length === host.length) return `${scheme}://${host}${path}${query}`;
  return `${scheme}://${host}${portOf(scheme, authority)}${path}${query}`;
}

/** Whom an entry belongs to, so that no two owners give the same text, whatever is in their names. */
export function ownerKey(kind: string, ...names: readonly string[]): string {
  let text = kind;
  for (const name of names) text += `${name.length}:${name}`;
  return text;
}

/**
 * The key of an entry. A route is part of it, since two routes of one URI may ask different upstreams. Only the owner,
 * which comes last, may hold any character.
 */
export function entryKey(uri: string, route: string, owner: string): string {
  return uri + NEWLINE + route + NEWLINE + owner;
}

/** `:8080`, or nothing when the scheme implies it. */
function portOf(scheme: string, authority: string): string {
  const at = authority.lastIndexOf(':');
  if (at < 0 || at < authority.lastIndexOf(']')) return '';
  const port = authority.slice(at + 1).replace(/^0+/, '');
  return port === '' || port === (scheme === 'https' ? '443' : '80') ? '' : `:${port}`;
}

export interface QueryRules {
  /** Parameters that say nothing to the upstream. */
  readonly ignored: readonly string[];
  readonly sorted: boolean;
}

/** @returns a function that brings queries into the form in which they are part of the key; null when they stay */
export function compileQuery({ ignored, sorted }: QueryRules): ((query: string) => string) | null {
  if (ignored.length === 0 && !sorted) return null;
  const names = new Set(ignored);
  return (query) => {
    if (query === '') return query;
    const kept = query
      .slice(1)
      .split('&')
      .filter((pair) => !names.has(pair.split('=', 1)[0]));
    // The order of equal names is kept: it may mean something.
    if (sorted) kept.sort((a, b) => compare(a.split('=', 1)[0], b.split('=', 1)[0]));
    return kept.length === 0 ? '' : `?${kept.join('&')}`;
  };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
