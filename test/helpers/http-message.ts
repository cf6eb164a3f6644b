/** A message as it stands on the wire, taken apart without the kindness of a parser. */
export interface WireMessage {
  readonly startLine: string;
  /** `name: value`, names in lower case. */
  readonly fields: readonly string[];
  /** Everything behind the head. */
  readonly rest: string;
}

/** @param text latin1, from the start of a message on; its head must be there whole */
export function readMessage(text: string): WireMessage {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`no whole head in ${JSON.stringify(text)}`);
  const [startLine, ...lines] = text.slice(0, end).split('\r\n');
  const fields = lines.map((line) => {
    const colon = line.indexOf(':');
    return `${line.slice(0, colon).toLowerCase()}: ${line.slice(colon + 1).trim()}`;
  });
  return { startLine, fields, rest: text.slice(end + 4) };
}

/** Values of a field; `name` is lower-case. */
export function valuesOf({ fields }: WireMessage, name: string): string[] {
  return fields.filter((field) => field.startsWith(`${name}: `)).map((field) => field.slice(name.length + 2));
}

/** The content of a message, taken out of its chunks where it has them. Throws when the chunks do not end exactly here. */
export function contentOf(message: WireMessage): string {
  if (!valuesOf(message, 'transfer-encoding').includes('chunked')) return message.rest;
  let content = '';
  let { rest } = message;
  for (;;) {
    const [line] = rest.split('\r\n', 1);
    const size = Number.parseInt(line, 16);
    const start = line.length + 2;
    if (size === 0) {
      if (rest.slice(start) !== '\r\n') throw new Error(`not the end: ${JSON.stringify(rest)}`);
      return content;
    }
    content += rest.slice(start, start + size);
    if (!(size > 0) || rest.slice(start + size, start + size + 2) !== '\r\n') {
      throw new Error(`not a chunk: ${JSON.stringify(rest.slice(0, 80))}`);
    }
    rest = rest.slice(start + size + 2);
  }
}
