/**
 * Fields that the gateway writes itself: those of one connection (RFC 9110 section 7.6.1), of the framing of a message
 * (RFC 9112 section 6), and the host.
 */
const GATEWAY_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'host',
]);

/** Why a rule may not touch a field; null when it may. */
export function whyNotTouched(field: string): { message: string; hint?: string } | null {
  if (!GATEWAY_FIELDS.has(field)) return null;
  const message = `the gateway writes the field "${field}" itself`;
  return field === 'host' ? { message, hint: 'set hostHeader of the upstream' } : { message };
}
