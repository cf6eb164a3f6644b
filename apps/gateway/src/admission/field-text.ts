// Space inside, and visible ASCII but for the sign that encodes the rest.
const UNSAFE = /[^\x20-\x24\x26-\x7e]|^ | $/;
const ESCAPED = /[^\x20-\x24\x26-\x7e]|^ +| +$/gu;
const ESCAPED_IN_LIST = /[^\x20-\x24\x26-\x2b\x2d-\x7e]|^ +| +$/gu;

/**
 * What a claim says, as a field value (RFC 9110 section 5.5), or the empty string when it says nothing. Everything
 * beyond visible ASCII, and `%` itself, is percent-encoded, so that a value cannot end its line, and different values
 * stay different. Members of a list are joined by commas; objects are JSON.
 */
export function fieldText(claim: unknown): string {
  if (Array.isArray(claim)) return claim.map((member) => encode(plainText(member), ESCAPED_IN_LIST)).join(',');
  const text = plainText(claim);
  return UNSAFE.test(text) ? encode(text, ESCAPED) : text;
}

function plainText(claim: unknown): string {
  switch (typeof claim) {
    case 'string':
      return claim.toWellFormed();
    case 'number':
    case 'boolean':
      return String(claim);
    case 'object':
      return claim === null ? '' : JSON.stringify(claim).toWellFormed();
    default:
      return '';
  }
}

function encode(text: string, escaped: RegExp): string {
  return text.replace(escaped, (part) =>
    [...Buffer.from(part)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
