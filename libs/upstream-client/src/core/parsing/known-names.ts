const names = [
  'accept-ranges',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'access-control-max-age',
  'age',
  'allow',
  'alt-svc',
  'cache-control',
  'connection',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-security-policy',
  'content-type',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'date',
  'etag',
  'expires',
  'keep-alive',
  'last-modified',
  'link',
  'location',
  'permissions-policy',
  'pragma',
  'proxy-authenticate',
  'ratelimit',
  'ratelimit-policy',
  'referrer-policy',
  'retry-after',
  'server',
  'server-timing',
  'set-cookie',
  'strict-transport-security',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'via',
  'warning',
  'www-authenticate',
  'x-content-type-options',
  'x-correlation-id',
  'x-frame-options',
  'x-powered-by',
  'x-request-id',
  'x-xss-protection',
];

const SLOTS = 1024;
const slots = new Array<string[] | undefined>(SLOTS).fill(undefined);
for (const name of names) (slots[slotOf(name, 0, name.length)] ??= []).push(name);

/** Length and three letters tell the names of the list apart; folding bit 5 makes that blind to case. */
function slotOf(text: string, start: number, end: number): number {
  const length = end - start;
  const first = text.charCodeAt(start) | 0x20;
  const middle = text.charCodeAt(start + (length >> 1)) | 0x20;
  const last = text.charCodeAt(end - 1) | 0x20;
  return (length * 67 + first * 31 + middle * 7 + last) & (SLOTS - 1);
}

/**
 * The field name at [start, end) in lower case. Well-known names are strings that exist already: they cost no
 * allocation, and compare by identity with the same literal elsewhere.
 */
export function lowerCaseName(text: string, start: number, end: number): string {
  const candidates = slots[slotOf(text, start, end)];
  if (candidates !== undefined) {
    for (let i = 0; i < candidates.length; i++) {
      if (candidates[i].length === end - start && isName(text, start, candidates[i])) return candidates[i];
    }
  }
  return text.substring(start, end).toLowerCase();
}

function isName(text: string, start: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    let code = text.charCodeAt(start + i);
    if (code > 64 && code < 91) code |= 0x20;
    if (code !== name.charCodeAt(i)) return false;
  }
  return true;
}
