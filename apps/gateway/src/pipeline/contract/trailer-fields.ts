// Framing, routing, modifiers, authentication, and how content is read: needed before the body (RFC 9110 section 6.5.1).
const never = new Set([
  'age',
  'authorization',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'expires',
  'host',
  'location',
  'max-forwards',
  'pragma',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'retry-after',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'warning',
  'www-authenticate',
]);

/** Whether a field may stand behind a body. @param name in any case */
export function mayTrail(name: string): boolean {
  const lower = name.toLowerCase();
  return !never.has(lower) && !lower.startsWith('if-');
}

/** Whether a `TE` field says that its sender takes trailer fields (RFC 9110 section 10.1.4). */
export function takesTrailers(te: string): boolean {
  return /(?:^|,)\s*trailers\s*(?:,|;|$)/i.test(te);
}
