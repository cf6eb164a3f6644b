/** A field came twice: which of the two an upstream would read, nobody can tell. */
export const AMBIGUOUS = Symbol('sluice.ambiguous-credentials');

/**
 * The one value of a field in a flat list; undefined when there is none. The trailing spaces that some clients send
 * are gone already.
 *
 * @param name lower-case
 */
export function singleField(fields: readonly string[], name: string): string | undefined | typeof AMBIGUOUS {
  let found: string | undefined;
  for (let i = 0; i < fields.length; i += 2) {
    const field = fields[i];
    if (field.length !== name.length || (field !== name && field.toLowerCase() !== name)) continue;
    if (found !== undefined) return AMBIGUOUS;
    found = fields[i + 1];
  }
  return found;
}

/** The token of an `Authorization` value of the scheme `Bearer` (RFC 6750 section 2.1); undefined for other schemes. */
export function bearerToken(authorization: string): string | undefined {
  if (authorization.startsWith('Bearer ') || /^bearer /i.test(authorization)) {
    let start = 7;
    while (authorization.charCodeAt(start) === 0x20) start++;
    return authorization.slice(start);
  }
  return /^bearer$/i.test(authorization) ? '' : undefined;
}
