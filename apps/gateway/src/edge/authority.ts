// RFC 3986 section 3.2.2: an IP literal in brackets, or a registered name; we take no user information. No name holds
// percent-encoding, which the next reader might undo, or a comma, at which lists such as X-Forwarded-Host are taken apart.
const FORM = /^(?:\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z._~!$&'()*+;=-]+)(?::\d{0,5})?$/;

/** Host name of an authority: lower-case, no port, no final dot. null when the authority is malformed. */
export function hostOf(authority: string): string | null {
  if (!FORM.test(authority)) return null;
  const end = authority.startsWith('[') ? authority.indexOf(']') + 1 : authority.indexOf(':');
  let host = (end > 0 ? authority.slice(0, end) : authority).toLowerCase();
  if (host.endsWith('.')) host = host.slice(0, -1);
  // No name has an empty label.
  return host === '' || host.startsWith('.') || host.endsWith('.') || host.includes('..') ? null : host;
}
