const WIDTH = 120;

/** Writes JSON the way prettier leaves it: two spaces, and a list on one line where it fits there. */
export function formatJson(value: unknown): string {
  return `${write(value, 0, 0)}\n`;
}

/** @param before characters on the line in front of the value, its indentation included */
function write(value: unknown, indent: number, before: number): string {
  if (Array.isArray(value)) return writeList(value, indent, before);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  const pad = ' '.repeat(indent + 2);
  const lines = entries.map(([key, item]) => {
    const start = `${pad}${JSON.stringify(key)}: `;
    return `${start}${write(item, indent + 2, start.length)}`;
  });
  return `{\n${lines.join(',\n')}\n${' '.repeat(indent)}}`;
}

function writeList(list: readonly unknown[], indent: number, before: number): string {
  if (list.length === 0) return '[]';
  const pad = ' '.repeat(indent + 2);
  const items = list.map((item) => write(item, indent + 2, indent + 2));
  const line = `[${items.join(', ')}]`;
  // The comma behind the value belongs to the line.
  if (!line.includes('\n') && before + line.length < WIDTH) return line;
  return `[\n${items.map((item) => pad + item).join(',\n')}\n${' '.repeat(indent)}]`;
}
