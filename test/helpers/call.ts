import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A stream is sent chunked, unless the headers declare its length. */
  readonly body?: string | Uint8Array | Readable;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
  /** Address that the client calls from. */
  readonly from?: string;
}

export interface Interim {
  readonly status: number;
  readonly fields: readonly string[];
}

/** A reply as it came: nothing decoded, nothing joined. */
export class Reply {
  body = Buffer.alloc(0);
  trailers: readonly string[] = [];
  readonly interim: Interim[] = [];

  constructor(private readonly message: IncomingMessage) {}

  get status(): number {
    return this.message.statusCode ?? 0;
  }

  get statusText(): string {
    return this.message.statusMessage ?? '';
  }

  get text(): string {
    return this.body.toString();
  }

  get json(): unknown {
    return JSON.parse(this.text);
  }

  /** All values of a field; `name` is lower-case. */
  all(name: string): string[] {
    const { rawHeaders } = this.message;
    return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === name);
  }

  /** The value of a field that must not come twice; undefined when there is none. */
  field(name: string): string | undefined {
    const values = this.all(name);
    if (values.length > 1) throw new Error(`${name} came ${values.length} times: ${values.join(' | ')}`);
    return values[0];
  }
}

/** Starts a request and leaves the rest to the caller. An `error` listener is the caller's as well. */
export function open(url: string, { method = 'GET', headers = {}, agent, from }: CallOptions = {}): ClientRequest {
  return httpRequest(url, {
    method,
    headers: headers as Record<string, string | string[]>,
    agent: agent ?? new Agent({ keepAlive: false }),
    ...(from === undefined ? {} : { localAddress: from }),
  });
}

/** Sends a request and waits for the whole reply. Rejects when the reply is cut. */
export async function call(url: string, options: CallOptions = {}): Promise<Reply> {
  const request = open(url, options);
  const interim: Interim[] = [];
  request.on('information', ({ statusCode, rawHeaders }) => interim.push({ status: statusCode, fields: rawHeaders }));
  const message = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  if (options.body instanceof Readable) void pipeline(options.body, request).catch(() => undefined);
  else request.end(options.body);
  return complete(await message, interim);
}

/** Reads a reply to its end. */
export async function complete(message: IncomingMessage, interim: readonly Interim[] = []): Promise<Reply> {
  const reply = new Reply(message);
  reply.interim.push(...interim);
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  reply.body = Buffer.concat(chunks);
  reply.trailers = message.rawTrailers;
  return reply;
}
