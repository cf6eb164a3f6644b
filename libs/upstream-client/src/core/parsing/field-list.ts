import { HTAB, SP } from './byte-classes.js';
import { lowerCaseName } from './known-names.js';
import type { LineScanner } from './line-scanner.js';

/** The fields that a scanner has found: flat, names in lower case, values without the whitespace around them. */
export function fieldList({ text, places }: LineScanner): string[] {
  const fields = new Array<string>(places.length >> 1);
  for (let i = 0, j = 0; i < places.length; i += 4, j += 2) {
    const start = places[i + 2];
    let end = places[i + 3];
    while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
    fields[j] = lowerCaseName(text, places[i], places[i + 1]);
    fields[j + 1] = text.substring(start, end);
  }
  return fields;
}

function isBlank(code: number): boolean {
  return code === SP || code === HTAB;
}
