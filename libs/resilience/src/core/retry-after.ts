/**
 * Reads Retry-After (RFC 9110 section 10.2.3): seconds, or a date.
 *
 * @param now time of day in milliseconds
 * @returns milliseconds to wait, 0 for a date that is past, or -1 for what is no valid value
 */
export function retryAfterMs(value: string, now: number): number {
  const text = value.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  // Dates of HTTP begin with a day name; Date.parse would take far more than those.
  const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? -1 : Math.max(0, date - now);
}
