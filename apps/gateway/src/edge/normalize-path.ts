/**
 * Brings a path into the one form that is matched and forwarded, so that no two parts of a system can read it
 * differently (RFC 3986 section 6.2.2, and the stricter rules of docs/request-path.md):
 *
 * - percent-encoded unreserved characters are decoded, other triplets get upper-case digits;
 * - empty segments are removed (`//` is `/`), `.` and `..` are resolved, a path that would leave the root is refused;
 * - refused as well: bad triplets, encoded control characters, a backslash, a fragment, bytes outside printable ASCII,
 *   and segments such as `..;x` or `..%3Bx`, which some servers read as `..`.
 *
 * @param keepEncodedSlash lets %2F and %5C through as parts of their segment; a segment that would become `.` or `..`
 *   when they are decoded is refused all the same
 * @returns the normal form, or null when the path is refused
 */
export function normalizePath(path: string, keepEncodedSlash: boolean): string | null {
  if (isNormal(path)) return path;
  const decoded = decodeUnreserved(path, keepEncodedSlash);
  return decoded === null ? null : resolveSegments(decoded);
}

const PLAIN = 1;
const REFUSED = 2;
// 0: needs a closer look. `.`, `/`, `%`
const CLASS = new Uint8Array(128).fill(PLAIN);
for (let code = 0; code <= 0x20; code++) CLASS[code] = REFUSED;
for (const character of '\\#\x7f') CLASS[character.charCodeAt(0)] = REFUSED;
for (const character of './%') CLASS[character.charCodeAt(0)] = 0;

const SLASH = 0x2f;
const DOT = 0x2e;

/** True when there is nothing to do, which is nearly always: one pass, nothing allocated. */
function isNormal(path: string): boolean {
  let previous = 0;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code > 127 || CLASS[code] !== PLAIN) {
      // A dot inside a name is harmless; one at the head of a segment may be `.` or `..`.
      if (code === SLASH ? previous === SLASH : code !== DOT || previous === SLASH) return false;
    }
    previous = code;
  }
  return path.charCodeAt(0) === SLASH;
}

const UNRESERVED = /[A-Za-z0-9\-._~]/;

function decodeUnreserved(path: string, keepEncodedSlash: boolean): string | null {
  let out = '';
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code > 127 || CLASS[code] === REFUSED) return null;
    if (code !== 0x25) {
      out += path[i];
      continue;
    }
    const digits = path.slice(i + 1, i + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return null;
    const value = Number.parseInt(digits, 16);
    if (value < 0x20 || value === 0x7f) return null;
    if ((value === SLASH || value === 0x5c) && !keepEncodedSlash) return null;
    const character = String.fromCharCode(value);
    out += value < 128 && UNRESERVED.test(character) ? character : `%${digits.toUpperCase()}`;
    i += 2;
  }
  return out.startsWith('/') ? out : null;
}

function resolveSegments(path: string): string | null {
  const kept: string[] = [];
  const segments = path.split('/');
  let trailing = false;
  for (let i = 1; i < segments.length; i++) {
    const segment = segments[i];
    trailing = false;
    if (segment === '' || segment === '.') trailing = true;
    else if (segment === '..') {
      if (kept.pop() === undefined) return null;
      trailing = true;
    } else if (hidesDots(segment)) return null;
    else kept.push(segment);
  }
  return `/${kept.join('/')}${trailing && kept.length > 0 ? '/' : ''}`;
}

/** A segment that a less strict server may take for `.` or `..`: with path parameters, or with slashes decoded. */
function hidesDots(segment: string): boolean {
  if (!segment.includes('.')) return false;
  return segment.split(/%2F|%5C/).some((part) => /^\.{1,2}(?:(?:;|%3B).*)?$/.test(part));
}
