/** The methods that a route takes: those it names, and HEAD wherever GET is (RFC 9110 section 9.1). null takes all. */
export function matchedMethods(methods: readonly string[]): ReadonlySet<string> | null {
  if (methods.length === 0) return null;
  return new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
}
