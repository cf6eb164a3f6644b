import { connect, type Socket } from 'node:net';
import { AnswerReader } from '../measure/answer-reader.ts';

/** Connections opened at once: more overflow the accept queue, and SYNs are then sent again after a second. */
const BATCH = 100;
const TIMEOUT_MS = 10_000;

/** Client connections that make their requests and then stay open. */
export class IdleClients {
  readonly #port: number;
  readonly #open = new Set<Socket>();

  constructor(port: number) {
    this.#port = port;
  }

  /** Connections that are open now. */
  get count(): number {
    return this.#open.size;
  }

  /** Opens `connections` more, each of which makes `requests` one after the other. Throws on any failure. */
  async open(connections: number, requests: number): Promise<void> {
    for (let opened = 0; opened < connections; opened += BATCH) {
      const batch = Math.min(BATCH, connections - opened);
      await Promise.all(Array.from({ length: batch }, () => this.#one(requests)));
    }
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
    this.#open.clear();
  }

  #one(requests: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = requests;
      const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
      const ask = (): boolean => socket.write(`GET /1k HTTP/1.1\r\nHost: 127.0.0.1:${this.#port}\r\n\r\n`);
      const reader = new AnswerReader((status) => {
        if (status !== 200) reject(new Error(`an idle client was answered with ${status}`));
        else if (--left > 0) ask();
        else {
          socket.setTimeout(0);
          resolve();
        }
      });
      socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('an idle client got no answer')));
      socket.once('connect', () => {
        this.#open.add(socket);
        ask();
      });
      socket.on('data', (chunk) => reader.read(chunk as Buffer));
      socket.once('error', reject);
      socket.once('close', () => this.#open.delete(socket));
    });
  }
}
