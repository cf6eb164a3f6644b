import { connect, type Socket } from 'node:net';
import { AnswerReader } from '../../peers/measure/answer-reader.ts';

/** The bytes of a whole request; `i` counts up from request to request. */
export type RequestBytes = (i: number) => Buffer;

/** What a stretch of requests came to. */
export interface Answers {
  requests: number;
  /** Answers by status. A connection that broke before it was answered counts under 0. */
  byStatus: Map<number, number>;
}

/** Without a single answer for so long, a gateway is stuck. */
const STUCK_MS = 20_000;
/** In a row, before a gateway counts as gone. */
const BROKEN_MAX = 1_000;

/**
 * Clients that each ask again as soon as they are answered, so many requests in all. Their connections stay open from
 * one stretch to the next, so that two gateways can be asked in short turns. (wrk has no stretch below a second, and
 * counts seconds where we count requests.)
 */
export class ClosedLoop {
  readonly #port: number;
  readonly #request: RequestBytes;
  readonly #clients: Client[];
  #sent = 0;
  #left = 0;
  #answers: Answers = { requests: 0, byStatus: new Map() };
  #brokenInRow = 0;
  #over: { resolve(answers: Answers): void; reject(error: Error): void } | null = null;

  constructor(port: number, connections: number, request: RequestBytes) {
    this.#port = port;
    this.#request = request;
    this.#clients = Array.from(
      { length: connections },
      () => new Client(this.#port, (answer) => this.#answered(answer)),
    );
  }

  /** Makes so many requests, and resolves when all are answered. */
  run(requests: number): Promise<Answers> {
    this.#left = requests;
    this.#answers = { requests, byStatus: new Map() };
    this.#brokenInRow = 0;
    return new Promise((resolve, reject) => {
      let before = requests;
      const watch = setInterval(() => {
        if (this.#left === before) this.#fail(`no answer for ${STUCK_MS} ms, with ${before} to come`);
        before = this.#left;
      }, STUCK_MS);
      const settled = (): void => {
        clearInterval(watch);
        this.#over = null;
      };
      this.#over = {
        resolve: (answers) => (settled(), resolve(answers)),
        reject: (error) => (settled(), reject(error)),
      };
      let asking = Math.min(requests, this.#clients.length);
      for (const client of this.#clients) if (asking-- > 0) this.#ask(client);
    });
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  #ask(client: Client): void {
    client.ask(this.#request(this.#sent++));
  }

  #answered({ client, status, error }: Answer): void {
    if (this.#over === null) return;
    const { byStatus } = this.#answers;
    byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    this.#brokenInRow = status === 0 ? this.#brokenInRow + 1 : 0;
    if (this.#brokenInRow > BROKEN_MAX)
      return this.#fail(`${BROKEN_MAX} connections broke in a row: ${error?.message}`);
    this.#left--;
    if (this.#left === 0) this.#over.resolve(this.#answers);
    else if (this.#left >= this.#clients.length) this.#ask(client);
  }

  #fail(reason: string): void {
    this.#over?.reject(new Error(reason));
    this.close();
  }
}

interface Answer {
  client: Client;
  status: number;
  /** Why the connection broke, where it is known. */
  error?: Error;
}

/** One of them: a connection that is opened again when it was closed. */
class Client {
  readonly #port: number;
  readonly #onAnswer: (answer: Answer) => void;
  #socket: Socket | null = null;
  #asking = false;

  constructor(port: number, onAnswer: (answer: Answer) => void) {
    this.#port = port;
    this.#onAnswer = onAnswer;
  }

  ask(request: Buffer): void {
    this.#asking = true;
    this.#socket ??= this.#open();
    this.#socket.write(request);
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    let failure: Error | undefined;
    const reader = new AnswerReader((status) => this.#answered(status));
    socket.on('data', (chunk) => {
      try {
        reader.read(chunk as Buffer);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => (failure = error));
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      if (this.#asking) this.#answered(0, failure);
    });
    return socket;
  }

  #answered(status: number, error?: Error): void {
    this.#asking = false;
    this.#onAnswer({ client: this, status, error });
  }
}

/** A request as it goes over the wire. */
export function requestBytes(
  method: string,
  path: string,
  fields: Readonly<Record<string, string>> = {},
  body = '',
): Buffer {
  const all = { Host: 'gateway.test', ...fields, ...(body === '' ? {} : { 'Content-Length': String(body.length) }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'latin1');
}
