/**
 * Decodes base64url as RFC 7515 section 2 wants it: no padding, no whitespace, no bits left over. Each text has one
 * decoding and each value one text, so that no second spelling of a token passes for another token.
 *
 * @returns null for everything else, the empty string included
 */
export function decodeBase64url(text: string): Buffer | null {
  if (text === '') return null;
  const bytes = Buffer.from(text, 'base64url');
  // Node passes over what it does not know: only a text that comes out again as it went in was canonical.
  return bytes.toString('base64url') === text ? bytes : null;
}
