/**
 * The first line that a page shows and the output does not have, or null. What is shown may be shortened: its lines
 * have to occur in their order, each as a whole line or the beginning of one. Spaces do not count, and figures stand
 * for any figure; a status stays what it is (`[200]`, `HTTP/1.1 200`, a line that is nothing else).
 */
export function missingLine(shown: readonly string[], output: string): string | null {
  const lines = output.split(/\r?\n/);
  let next = 0;
  for (const line of shown) {
    if (/^\s*(\.\.\.|…)?\s*$/.test(line)) continue;
    const pattern = patternOf(line);
    const found = lines.findIndex((each, index) => index >= next && pattern.test(each));
    if (found === -1) return line;
    next = found + 1;
  }
  return null;
}

/** An opaque word such as a request id: long, of hexadecimal digits, and with figures among them. */
const OPAQUE = String.raw`\b(?=[\w-]*\d)[0-9a-f]{10,}(?:-\d+)?\b`;
const NUMBER = String.raw`(?<![\w\[])-?\d[\d.,]*|(?<=\[)-?\d[\d.,]*(?!\d*\])`;
const FIGURE = new RegExp(`(${OPAQUE})|(${NUMBER})`, 'g');

function patternOf(line: string): RegExp {
  const text = line.trim();
  if (/^date:/i.test(text)) return /^\s*date:/i;
  if (/^HTTP\/|^\d{3}$/.test(text)) return new RegExp(`^\\s*${literal(text)}`);
  let pattern = '';
  let end = 0;
  for (const match of text.matchAll(FIGURE)) {
    pattern += literal(text.slice(end, match.index));
    pattern += match[1] === undefined ? String.raw`-?\d[\d.,]*` : String.raw`[\w-]+`;
    end = match.index + match[0].length;
  }
  return new RegExp(`^\\s*${pattern}${literal(text.slice(end))}`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`).replace(/\s+/g, String.raw`\s+`);
}
