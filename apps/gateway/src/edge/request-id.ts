import { randomBytes } from 'node:crypto';

const FORM = /^[\w.:+/=@-]{1,128}$/;

// A process-wide random prefix and a counter are unique, and cost a tenth of a UUID.
const prefix = randomBytes(8).toString('hex');
const RADIX = 36;
/** Ids that differ in their last digit, one behind the other. A part of it is one object, and needs no flattening. */
let block = '';
let blocks = 0;
let width = 0;
let at = 0;

export function newRequestId(): string {
  if (at === block.length) nextBlock();
  const from = at;
  at += width;
  return block.slice(from, at);
}

function nextBlock(): void {
  const begins = `${prefix}-${blocks === 0 ? '' : blocks.toString(RADIX)}`;
  blocks = (blocks + 1) % Number.MAX_SAFE_INTEGER;
  width = begins.length + 1;
  at = 0;
  block = '';
  for (let digit = 0; digit < RADIX; digit++) block += begins + digit.toString(RADIX);
}

/** What a trusted hop may call a request: up to 128 plain characters. */
export function isRequestId(value: string): boolean {
  return FORM.test(value);
}
