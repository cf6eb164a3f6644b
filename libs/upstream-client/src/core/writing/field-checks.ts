import { UnwritableRequest } from './unwritable-request.js';

// Half the cost of loops over a table.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** @returns whether the text is a token (RFC 9110 section 5.6.2) */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** @returns whether latin1 keeps the text, and none of it could end the field: no CR, LF, NUL or other control */
function isFieldValue(text: string): boolean {
  return !NO_VALUE.test(text);
}

/** Fields that the client writes itself, or that speak of a connection that is not the caller's. */
const own = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Fields that may not stand behind a body, since they were needed before it (RFC 9110 section 6.5.1). */
const neverTrailing = new Set([...own, 'host', 'te', 'trailer', 'content-encoding', 'content-range', 'content-type']);

/** Length of the longest name in `own`: nothing longer needs to be looked up. */
const OWN_LENGTH_MAX = 17;

/** @throws UnwritableRequest */
export function checkField(name: string, value: string): void {
  if (!isToken(name)) throw new UnwritableRequest('field-name');
  if (!isFieldValue(value)) throw new UnwritableRequest('field-value');
}

export function isOwnField(name: string): boolean {
  if (name.length > OWN_LENGTH_MAX || name.length < 6) return false;
  return own.has(name) || own.has(name.toLowerCase());
}

export function mayTrail(name: string): boolean {
  return !neverTrailing.has(name.toLowerCase());
}
