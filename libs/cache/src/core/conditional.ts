import { firstValue, joinedValue, type FieldList } from './field-list.js';
import { parseHttpDate } from './http-date.js';

/** An entity tag in a list; commas may stand inside the quotes. */
const TAG = /[ \t]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)/y;

/** Weak comparison (RFC 9110 section 8.8.3.2). */
export function sameWeakly(a: string, b: string): boolean {
  return opaque(a) === opaque(b);
}

function sameStrongly(a: string, b: string): boolean {
  return a === b && !a.startsWith('W/') && a !== '';
}

/**
 * Whether the client of a GET or HEAD has what is stored already (RFC 9110 section 13.2.2). If-None-Match outweighs
 * If-Modified-Since; what cannot be read holds nothing back.
 */
export function isNotModified(request: FieldList, stored: FieldList): boolean {
  const none = joinedValue(request, 'if-none-match');
  if (none !== '') {
    const tag = firstValue(stored, 'etag');
    return none.trim() === '*' || (tag !== undefined && lists(none, tag));
  }
  const since = firstValue(request, 'if-modified-since');
  if (since === undefined) return false;
  const sinceMs = parseHttpDate(since);
  const modifiedMs = parseHttpDate(firstValue(stored, 'last-modified') ?? firstValue(stored, 'date') ?? '');
  return modifiedMs <= sinceMs;
}

/** Whether a Range may be answered from what is stored (RFC 9110 section 13.1.5); an If-Range needs a strong validator. */
export function rangeHolds(request: FieldList, stored: FieldList): boolean {
  const condition = firstValue(request, 'if-range');
  if (condition === undefined) return true;
  if (condition.startsWith('"') || condition.startsWith('W/')) {
    return sameStrongly(condition, firstValue(stored, 'etag') ?? '');
  }
  const modified = firstValue(stored, 'last-modified');
  if (modified === undefined || condition !== modified) return false;
  // RFC 9110 section 8.8.2.2: two changes within one second would bear the same date.
  return parseHttpDate(firstValue(stored, 'date') ?? '') - parseHttpDate(modified) >= 1000;
}

function lists(text: string, tag: string): boolean {
  let at = 0;
  while (at < text.length) {
    TAG.lastIndex = at;
    const found = TAG.exec(text);
    if (found === null) return false;
    if (found[2] === opaque(tag)) return true;
    at = TAG.lastIndex;
  }
  return false;
}

function opaque(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
