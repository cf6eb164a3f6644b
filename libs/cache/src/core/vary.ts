import { joinedValue, type FieldList } from './field-list.js';

/** Fields of a request that choose among the stored responses of a resource, lower-case and sorted (RFC 9111 section 4.1). */
export type Selecting = readonly string[];

const selectingNothing: Selecting = [];

/** More than this is no cache any more. */
const NAMES_MAX = 16;

/**
 * @param vary the Vary field of a response, its lines joined
 * @returns null for a response that answers no other request: `*`, or a field that cannot be read
 */
export function parseVary(vary: string): Selecting | null {
  if (vary === '') return selectingNothing;
  const names = new Set<string>();
  for (const part of vary.split(',')) {
    const name = bare(part).toLowerCase();
    if (name === '') continue;
    if (name === '*' || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return null;
    names.add(name);
  }
  return names.size > NAMES_MAX ? null : [...names].sort();
}

/** Lists in which neither the order nor the letter case says anything. */
const unordered: ReadonlySet<string> = new Set(['accept', 'accept-charset', 'accept-encoding']);
const caseless: ReadonlySet<string> = new Set([...unordered, 'accept-language']);

/**
 * A selecting value in the form in which equal ones are equal. Each run of blanks becomes one first: a pattern that
 * looks for a comma behind any number of them would begin anew at each, and a long run would hold everybody up.
 */
export function normalizeSelecting(name: string, value: string): string {
  let text = bare(value.replace(/[ \t]+/g, ' ').replace(/ ?([,;]) ?/g, '$1'));
  if (caseless.has(name)) text = text.toLowerCase();
  return unordered.has(name)
    ? text
        .split(',')
        .filter((part) => part !== '')
        .sort()
        .join(',')
    : text;
}

/**
 * Without the whitespace of HTTP at its ends (RFC 9110 section 5.6.3). `trim()` also takes the byte A0, which an upstream
 * may well tell apart: what it answers to one value is not for those who send the other.
 */
function bare(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** What a request says in the selecting fields, as one text that no other combination gives. */
export function selectingValues(selecting: Selecting, request: FieldList): string {
  let text = '';
  for (const name of selecting) {
    const value = normalizeSelecting(name, joinedValue(request, name));
    text += `${name.length}:${name}${value.length}:${value}`;
  }
  return text;
}
