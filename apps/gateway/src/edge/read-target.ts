export interface Target {
  /** Authority of an absolute-form target, or the empty string. */
  authority: string;
  path: string;
  query: string;
}

// One object is enough: the caller takes the three strings out at once.
const target: Target = { authority: '', path: '', query: '' };

/**
 * Takes a request target apart (RFC 9112 section 3.2): origin-form, absolute-form, and `*` for OPTIONS.
 * @returns null for every other form. The object is reused by the next call.
 */
export function readTarget(url: string, method: string): Target | null {
  target.authority = '';
  target.query = '';
  if (url.charCodeAt(0) === 0x2f) {
    return splitQuery(url, 0) ? target : null;
  }
  if (url === '*' && method === 'OPTIONS') {
    target.path = '*';
    return target;
  }
  const absolute = /^https?:\/\/([^/?#]+)/i.exec(url);
  if (absolute === null) return null;
  target.authority = absolute[1];
  const complete = splitQuery(url, absolute[0].length);
  if (target.path === '') target.path = '/';
  return complete ? target : null;
}

/** @returns false when a fragment follows the query: an upstream that cuts it off would read other parameters than we */
function splitQuery(url: string, from: number): boolean {
  const mark = url.indexOf('?', from);
  if (mark < 0) {
    target.path = from === 0 ? url : url.slice(from);
    return true;
  }
  target.path = url.slice(from, mark);
  target.query = url.slice(mark);
  return !target.query.includes('#');
}
