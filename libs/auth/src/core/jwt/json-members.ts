const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Whether a valid JSON text names no member of an object twice and nests no deeper than `depthMax`. `JSON.parse` takes
 * the last of two members and others the first, so what one of them checks is not what the other reads (RFC 7519
 * section 4).
 */
export function hasPlainMembers(text: string, depthMax: number): boolean {
  // The names seen in each open object; null for a list.
  const open: (Set<string> | null)[] = [];
  let nameFollows = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case OPEN_OBJECT:
      case OPEN_LIST:
        nameFollows = text.charCodeAt(i) === OPEN_OBJECT;
        if (open.push(nameFollows ? new Set() : null) > depthMax) return false;
        break;
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        open.pop();
        nameFollows = false;
        break;
      case COMMA:
        nameFollows = open.at(-1) !== null;
        break;
      case QUOTE: {
        const end = endOfString(text, i);
        const names = open.at(-1);
        if (nameFollows && names instanceof Set) {
          // Escapes are another way to write the same name.
          const name = JSON.parse(text.slice(i, end + 1)) as string;
          if (names.has(name)) return false;
          names.add(name);
          nameFollows = false;
        }
        i = end;
        break;
      }
    }
  }
  return true;
}

function endOfString(text: string, start: number): number {
  let i = start + 1;
  while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1;
  return i;
}
