/** The parser of Node, which undici shares, without the sockets and classes around it: fast enough to be asked for each input. */

interface Parser {
  initialize(type: number, resource: object, headBytesMax: number, lenient: number): void;
  execute(bytes: Buffer): number | Error;
  finish(): undefined | Error;
  [callback: number]: (...told: never[]) => number | void;
}

interface ParserClass {
  new (): Parser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
  readonly kLenientNone: number;
}

const { HTTPParser, methods } = process.getBuiltinModule('_http_common' as 'node:http') as unknown as {
  HTTPParser: ParserClass;
  methods: readonly string[];
};

/** One message, as far as it was read. */
export interface LlhttpMessage {
  method: string;
  target: string;
  status: number;
  major: number;
  minor: number;
  /** Flat, as they came. */
  headers: string[];
  body: string;
  trailers: string[];
  upgrade: boolean;
  keepAlive: boolean;
  headEnded: boolean;
  complete: boolean;
}

export interface LlhttpReading {
  /** Interim responses too. */
  readonly messages: LlhttpMessage[];
  /** Code of the error that ended it, or the empty string. */
  error: string;
}

export interface LlhttpOptions {
  /** The responses are to a HEAD. */
  readonly toHead?: boolean;
  readonly headBytesMax?: number;
}

const HEAD_BYTES_MAX = 65_536;

class Reading implements LlhttpReading {
  readonly messages: LlhttpMessage[] = [];
  error = '';

  constructor(private readonly toHead: boolean) {}

  get current(): LlhttpMessage {
    const last = this.messages.at(-1);
    if (last !== undefined && !last.complete) return last;
    const next: LlhttpMessage = {
      method: '',
      target: '',
      status: 0,
      major: 0,
      minor: 0,
      headers: [],
      body: '',
      trailers: [],
      upgrade: false,
      keepAlive: false,
      headEnded: false,
      complete: false,
    };
    this.messages.push(next);
    return next;
  }

  listen(parser: Parser): void {
    parser[HTTPParser.kOnHeaders] = (fields: string[], target: string) => {
      const message = this.current;
      if (message.headEnded) message.trailers.push(...fields);
      else {
        message.headers.push(...fields);
        message.target += target;
      }
    };
    parser[HTTPParser.kOnHeadersComplete] = (
      major: number,
      minor: number,
      fields: string[] | undefined,
      method: number,
      target: string,
      status: number,
      _text: string,
      upgrade: boolean,
      keepAlive: boolean,
    ) => {
      const message = this.current;
      if (fields !== undefined) message.headers.push(...fields);
      if (target !== undefined) message.target += target;
      Object.assign(message, { method: names.get(method) ?? '', status, major, minor, upgrade, keepAlive });
      message.headEnded = true;
      // As Node's client tells its parser: no body follows.
      return this.toHead || (status >= 100 && status < 200) ? 1 : 0;
    };
    parser[HTTPParser.kOnBody] = (bytes: Buffer) => {
      this.current.body += bytes.toString('latin1');
    };
    parser[HTTPParser.kOnMessageComplete] = () => {
      this.current.complete = true;
    };
  }
}

const parser = new HTTPParser();
/** The parser tells a method by a number. */
const names = new Map<number, string>();

function numberOf(method: string): number {
  let number = -1;
  parser.initialize(HTTPParser.REQUEST, {}, HEAD_BYTES_MAX, HTTPParser.kLenientNone);
  parser[HTTPParser.kOnHeadersComplete] = (_major: number, _minor: number, _fields: unknown, told: number) => {
    number = told;
  };
  parser.execute(Buffer.from(`${method} / HTTP/1.1\r\nhost: a\r\n\r\n`));
  return number;
}

for (const method of methods) names.set(numberOf(method), method);

function read(type: number, pieces: readonly Buffer[], options: LlhttpOptions): LlhttpReading {
  const reading = new Reading(options.toHead === true);
  parser.initialize(type, {}, options.headBytesMax ?? HEAD_BYTES_MAX, HTTPParser.kLenientNone);
  reading.listen(parser);
  const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    const taken = parser.execute(piece);
    if (typeof taken !== 'number') reading.error = codeOf(taken);
    // An upgrade leaves the rest to somebody else.
    if (typeof taken !== 'number' || taken < piece.length) return reading;
  }
  const end = parser.finish();
  if (end !== undefined) reading.error = codeOf(end);
  return reading;
}

/** Reads what a server would get on a connection that then ends. */
export function readRequests(pieces: readonly Buffer[], options: LlhttpOptions = {}): LlhttpReading {
  return read(HTTPParser.REQUEST, pieces, options);
}

/** Reads what a client would get on a connection that then ends. */
export function readResponses(pieces: readonly Buffer[], options: LlhttpOptions = {}): LlhttpReading {
  return read(HTTPParser.RESPONSE, pieces, options);
}
