import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Bytes of the body that nobody reads. */
export const BODY_BYTES = 64 * 1024 * 1024;
const PIECE = Buffer.alloc(65_536, 'sluice-');
const SMALL = Buffer.alloc(1_024, 'x');

/**
 * An upstream in this process that counts: what a gateway asks of it says what CPU time does not.
 *
 * - `/fine`: 1 KiB. `/cacheable`: the same, fresh for an hour. `/failing`: 503.
 * - `/download`: a body of {@link BODY_BYTES}, as fast as it is taken. `/upload`: reads nothing of the request.
 */
export class CountingUpstream {
  connections = 0;
  /** Requests by path. */
  readonly requests = new Map<string, number>();
  /** Of the download, taken off this process by the kernel. */
  #download: Socket | null = null;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.keepAliveTimeout = 72_000;
    this.#server.requestTimeout = 0;
    this.#server.on('connection', () => this.connections++);
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Bytes of the download that were taken so far. */
  get downloadedBytes(): number {
    return this.#download === null ? 0 : this.#download.bytesWritten - this.#download.writableLength;
  }

  asked(path: string): number {
    return this.requests.get(path) ?? 0;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!;
    this.requests.set(path, this.asked(path) + 1);
    if (path === '/upload') return;
    request.resume();
    if (path === '/download') this.#send(response);
    else if (path === '/failing') response.writeHead(503, { 'content-length': 0 }).end();
    else {
      const fields = { 'content-type': 'text/plain', 'content-length': SMALL.length };
      response
        .writeHead(200, path === '/cacheable' ? { ...fields, 'cache-control': 'max-age=3600' } : fields)
        .end(SMALL);
    }
  }

  #send(response: ServerResponse): void {
    this.#download = response.socket;
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': BODY_BYTES });
    let left = BODY_BYTES;
    const send = (): void => {
      while (left > 0) {
        left -= PIECE.length;
        if (!response.write(PIECE)) return void response.once('drain', send);
      }
      response.end();
    };
    send();
  }
}
