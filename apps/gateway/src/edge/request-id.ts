import { randomBytes } from 'node:crypto';

const FORM = /^[\w.:+/=@-]{1,128}$/;

// A process-wide random prefix and a counter are unique, and cost a tenth of a UUID.
const prefix = randomBytes(8).toString('hex');
let counter = 0;

export function newRequestId(): string {
  counter = (counter + 1) % Number.MAX_SAFE_INTEGER;
  return `${prefix}-${counter.toString(36)}`;
}

/** What a trusted hop may call a request: up to 128 plain characters. */
export function isRequestId(value: string): boolean {
  return FORM.test(value);
}
