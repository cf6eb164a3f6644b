import { randomFillSync } from 'node:crypto';

// W3C Trace Context, section 3.2: version-traceid-parentid-flags; all-zero ids and version ff are invalid.
const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-(?!00))/;

const BLOCK = 256;
const TRACE_DIGITS = 32;
const PARENT_DIGITS = 16;
const DIGITS = TRACE_DIGITS + PARENT_DIGITS;
const WIDTH = 55;
const pool = Buffer.allocUnsafe((BLOCK * DIGITS) / 2);
let block = '';
let at = 0;

export function isTraceparent(value: string): boolean {
  return FORM.test(value) && (value.length === 55 || !value.startsWith('00'));
}

/** Begins a trace: random ids, not sampled. They are made 256 at a time, as one string; a part of it is one object. */
export function newTraceparent(): string {
  if (at === block.length) {
    block = nextBlock();
    at = 0;
  }
  const from = at;
  at += WIDTH;
  return block.slice(from, at);
}

function nextBlock(): string {
  const hex = randomFillSync(pool).toString('hex');
  let text = '';
  for (let i = 0; i < hex.length; i += DIGITS) {
    const parent = i + TRACE_DIGITS;
    text += `00-${hex.slice(i, parent)}-${hex.slice(parent, i + DIGITS)}-00`;
  }
  return text;
}
