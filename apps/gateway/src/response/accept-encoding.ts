export type Encoding = 'zstd' | 'br' | 'gzip';

/**
 * Picks the encoding that the client likes best; among equals the first offered (RFC 9110 section 12.5.3).
 * @returns null when the body must or may stay as it is
 */
export function chooseEncoding(accept: string, offered: readonly Encoding[]): Encoding | null {
  if (accept === '') return null;
  const weights = new Map<string, number>();
  for (const part of accept.split(',')) {
    const [name, ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = quality === undefined ? 1 : Number(quality.slice(2));
    if (name !== '') weights.set(name === 'x-gzip' ? 'gzip' : name, Number.isNaN(weight) ? 0 : weight);
  }
  const any = weights.get('*') ?? 0;
  let best: Encoding | null = null;
  let bestWeight = 0;
  for (const encoding of offered) {
    const weight = weights.get(encoding) ?? any;
    if (weight > bestWeight) {
      best = encoding;
      bestWeight = weight;
    }
  }
  // A client that prefers the plain body gets it.
  return bestWeight < (weights.get('identity') ?? 0) ? null : best;
}
