import { createServer, type AddressInfo, type Socket } from 'node:net';
import { StrictRequestReader, type StrictRequest } from '../strict-request-reader.js';

/** Marks what came from here, so that a refusal of whoever stands in front can be told apart. */
export const MARK = 'x-recorded: 1';

const reply = (head: boolean): string => `HTTP/1.1 200 OK\r\n${MARK}\r\ncontent-length: 2\r\n\r\n${head ? '' : 'ok'}`;

/** What came on one connection. */
export interface RecordedConnection {
  /** latin1 */
  raw: string;
  readonly requests: StrictRequest[];
  /** Why something was no HTTP. */
  readonly broken: string[];
}

/** An upstream that keeps the raw bytes of what it is sent, and answers each request. */
export class Recorder {
  private readonly server = createServer({ allowHalfOpen: true }, (socket) => this.accept(socket));
  private readonly sockets = new Set<Socket>();
  private recorded: RecordedConnection[] = [];

  /** @param path of a Unix socket, or null for a port of 127.0.0.1 */
  static async start(path: string | null): Promise<Recorder> {
    const recorder = new Recorder();
    await new Promise<void>((resolve) => {
      if (path === null) recorder.server.listen(0, '127.0.0.1', resolve);
      else recorder.server.listen(path, resolve);
    });
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /**
   * Gives what has come, in the order of its first bytes, and begins anew.
   * @param mark stands in every request that is meant: what was on its way still when it was abandoned is left out
   */
  take(mark: string): RecordedConnection[] {
    const { recorded } = this;
    this.recorded = [];
    return recorded.filter(({ raw }) => raw.includes(mark));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Socket): void {
    const reader = new StrictRequestReader();
    let current: RecordedConnection = { raw: '', requests: [], broken: [] };
    this.sockets.add(socket);
    socket.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1');
      if (!this.recorded.includes(current)) {
        current = { raw: '', requests: [], broken: [] };
        this.recorded.push(current);
      }
      current.raw += text;
      try {
        for (const request of reader.read(text)) {
          current.requests.push(request);
          socket.write(reply(request.method === 'HEAD'), 'latin1');
        }
      } catch (error) {
        current.broken.push((error as Error).message);
        socket.destroy();
      }
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}
