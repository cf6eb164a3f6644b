/** A path of the configuration, taken apart: static segments, `:name`, and perhaps a final `*`. */
export interface PathPattern {
  readonly segments: readonly Segment[];
  readonly tail: boolean;
}

export type Segment = { readonly text: string } | { readonly parameter: string };

export function parsePathPattern(path: string): PathPattern {
  const parts = path === '/' ? [] : path.slice(1).split('/');
  const tail = parts.at(-1) === '*';
  if (tail) parts.pop();
  return {
    tail,
    segments: parts.map((part) =>
      part.startsWith(':') ? { parameter: part.slice(1) } : { text: normalTriplets(part) },
    ),
  };
}

/** The pattern with its parameter names taken out: two patterns of one shape match the same paths. */
export function shapeOf(pattern: PathPattern): string {
  const parts = pattern.segments.map((segment) => ('text' in segment ? segment.text : ':'));
  return `/${parts.join('/')}${pattern.tail ? '/*' : ''}`;
}

/** Whether a normalised path is one of those that the pattern stands for. */
export function matchesPath({ segments, tail }: PathPattern, path: string): boolean {
  const parts = path === '/' ? [] : path.slice(1).split('/');
  if (tail ? parts.length < segments.length : parts.length !== segments.length) return false;
  return segments.every((segment, i) => ('text' in segment ? segment.text === parts[i] : parts[i] !== ''));
}

/** Values of the parameters (and `*`, when there is a rest) in a path that matched the pattern. */
export function readParams(pattern: PathPattern, path: string): Record<string, string> {
  const params: Record<string, string> = {};
  const parts = path.slice(1).split('/');
  pattern.segments.forEach((segment, i) => {
    if ('parameter' in segment) params[segment.parameter] = parts[i];
  });
  if (pattern.tail && parts.length > pattern.segments.length)
    params['*'] = parts.slice(pattern.segments.length).join('/');
  return params;
}

/** Segments are compared with normalised paths, so they are brought into the same form. */
function normalTriplets(segment: string): string {
  return segment.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : triplet.toUpperCase();
  });
}
