import { randomFillSync } from 'node:crypto';

// W3C Trace Context, section 3.2: version-traceid-parentid-flags; all-zero ids and version ff are invalid.
const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-(?!00))/;

const POOL_BYTES = 24 * 256;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let hex = '';
let at = 0;

export function isTraceparent(value: string): boolean {
  return FORM.test(value) && (value.length === 55 || !value.startsWith('00'));
}

/** Begins a trace: random ids, not sampled. Randomness is drawn for 256 traces at a time. */
export function newTraceparent(): string {
  if (at === hex.length) {
    hex = randomFillSync(pool).toString('hex');
    at = 0;
  }
  const traceparent = `00-${hex.slice(at, at + 32)}-${hex.slice(at + 32, at + 48)}-00`;
  at += 48;
  return traceparent;
}
