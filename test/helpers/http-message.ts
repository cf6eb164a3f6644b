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
