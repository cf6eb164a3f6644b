import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/**
 * A request body on its way to the upstream. It stands between Node's message and the client of the upstream, which may
 * destroy what it is given: the message itself must live on to carry the reply.
 */
export class RequestBody extends Readable {
  /** Bytes that have come so far. */
  received = 0;
  /** When the client had sent all of it, in milliseconds of `performance.now()`; 0 before that. */
  endedAt = 0;

  /**
   * @param bytesMax more than this calls `onTooLarge` and gives no further data; chunked bodies are counted here
   */
  constructor(
    private readonly request: IncomingMessage,
    bytesMax: number,
    onTooLarge: () => void,
  ) {
    super({ highWaterMark: 65_536 });
    request.on('data', (chunk: Buffer) => {
      if (this.destroyed) return;
      this.received += chunk.length;
      if (this.received > bytesMax) onTooLarge();
      else if (!this.push(chunk)) request.pause();
    });
    request.on('end', () => {
      this.endedAt = performance.now();
      if (!this.destroyed) this.push(null);
    });
    request.pause();
  }

  /** The upstream does not take what the client has sent. */
  get stalled(): boolean {
    return this.readableLength >= this.readableHighWaterMark;
  }

  override _read(): void {
    this.request.resume();
  }

  override _destroy(_error: Error | null, callback: (error?: Error | null) => void): void {
    callback(null);
  }
}

/**
 * Collects a small body whole: it is cheaper to send, can be sent again, and does not hold an upstream connection while
 * it trickles in.
 */
export function collectBody(request: IncomingMessage, bytes: number, done: (body: Buffer) => void): void {
  let first: Buffer | null = null;
  let rest: Buffer[] | null = null;
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (first === null) first = chunk;
    else (rest ??= [first]).push(chunk);
    if (received === bytes) done(rest === null ? first : Buffer.concat(rest, bytes));
  });
}
