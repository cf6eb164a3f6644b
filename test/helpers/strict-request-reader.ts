/** A request as it came over the wire. */
export interface StrictRequest {
  readonly method: string;
  readonly target: string;
  /** `name: value`, names in lower case. */
  readonly fields: readonly string[];
  readonly body: string;
}

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) (\/[\x21\x22\x24-\x7e]*|\*) HTTP\/1\.1$/;
const FIELD_LINE =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?)[ \t]*$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,8})$/;

/**
 * Reads requests off one connection as RFC 9112 defines them, with none of the leniency that it allows, and without the
 * parser that the gateway itself uses.
 */
export class StrictRequestReader {
  private rest = '';

  /** A request has begun and not ended. */
  get unfinished(): boolean {
    return this.rest !== '';
  }

  /**
   * @param text latin1, what came next
   * @returns the requests that it completes
   * @throws Error saying what is no HTTP
   */
  read(text: string): StrictRequest[] {
    this.rest += text;
    const requests: StrictRequest[] = [];
    for (let request = this.next(); request !== null; request = this.next()) requests.push(request);
    return requests;
  }

  private next(): StrictRequest | null {
    const end = this.rest.indexOf('\r\n\r\n');
    if (end < 0) {
      refuseUnless(/^(?:[A-Z]|$)/.test(this.rest), 'no start of a request', this.rest);
      return null;
    }
    const [line, ...lines] = this.rest.slice(0, end).split('\r\n');
    const [, method, target] = REQUEST_LINE.exec(line) ?? refuse('no request line', line);
    const fields = lines.map((text) => {
      const [, name, value] = FIELD_LINE.exec(text) ?? refuse('no field line', text);
      return `${name.toLowerCase()}: ${value}`;
    });
    const body = readBody(fields, this.rest.slice(end + 4));
    if (body === null) return null;
    this.rest = this.rest.slice(end + 4 + body.bytes);
    return { method, target, fields, body: body.content };
  }
}

interface Body {
  readonly content: string;
  /** What it takes on the wire. */
  readonly bytes: number;
}

function readBody(fields: readonly string[], rest: string): Body | null {
  const values = (name: string): string[] =>
    fields.filter((field) => field.startsWith(`${name}: `)).map((field) => field.slice(name.length + 2));
  const [hosts, lengths, codings] = [values('host'), values('content-length'), values('transfer-encoding')];
  refuseUnless(hosts.length === 1 && hosts[0] !== '', 'not one host', fields);
  refuseUnless(lengths.length + codings.length <= 1, 'more than one framing', fields);
  refuseUnless(codings.length === 0 || codings[0] === 'chunked', 'another coding than chunked', fields);
  if (codings.length === 1) return readChunks(rest);
  refuseUnless(lengths.length === 0 || /^\d{1,15}$/.test(lengths[0]), 'a malformed length', fields);
  const length = Number(lengths[0] ?? 0);
  return rest.length < length ? null : { content: rest.slice(0, length), bytes: length };
}

function readChunks(rest: string): Body | null {
  let content = '';
  for (let at = 0; ;) {
    const end = rest.indexOf('\r\n', at);
    if (end < 0) return null;
    const line = rest.slice(at, end);
    const [, digits] = CHUNK_LINE.exec(line) ?? refuse('no chunk size', line);
    const size = Number.parseInt(digits, 16);
    at = end + 2;
    if (size === 0) return readTrailers(content, rest, at);
    if (rest.length < at + size + 2) return null;
    content += rest.slice(at, at + size);
    refuseUnless(rest.slice(at + size, at + size + 2) === '\r\n', 'no end of a chunk', rest.slice(at));
    at += size + 2;
  }
}

function readTrailers(content: string, rest: string, from: number): Body | null {
  for (let at = from; ;) {
    const end = rest.indexOf('\r\n', at);
    if (end < 0) return null;
    if (end === at) return { content, bytes: end + 2 };
    const line = rest.slice(at, end);
    const [, name] = FIELD_LINE.exec(line) ?? refuse('no trailer field', line);
    refuseUnless(!/^(?:host|content-length|transfer-encoding)$/i.test(name), 'framing in a trailer', line);
    at = end + 2;
  }
}

function refuse(what: string, found: unknown): never {
  throw new Error(`${what}: ${JSON.stringify(found).slice(0, 500)}`);
}

function refuseUnless(condition: boolean, what: string, found: unknown): void {
  if (!condition) refuse(what, found);
}
