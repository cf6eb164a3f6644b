import { connect, type Socket } from 'node:net';

/** A plain TCP client that writes what it is told, byte for byte, and collects what comes back. */
export class RawConnection {
  received = Buffer.alloc(0);
  /** The peer has sent FIN. */
  ended = false;
  /** The connection is gone. */
  closed = false;
  error: NodeJS.ErrnoException | null = null;
  private readonly waiting = new Set<() => void>();

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.note(() => (this.received = Buffer.concat([this.received, chunk]))));
    socket.on('end', () => this.note(() => (this.ended = true)));
    socket.on('error', (error) => this.note(() => (this.error = error)));
    socket.on('close', () => this.note(() => (this.closed = true)));
  }

  static open(port: number, host = '127.0.0.1'): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, allowHalfOpen: true, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new RawConnection(socket));
      });
    });
  }

  get text(): string {
    return this.received.toString('latin1');
  }

  write(text: string | Uint8Array): void {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  }

  /** Waits until what has come in meets the condition. */
  until(condition: (connection: this) => boolean, timeoutMs = 5_000): Promise<void> {
    if (condition(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(
          new Error(
            `nothing matching within ${timeoutMs} ms; received so far: ${JSON.stringify(this.text.slice(0, 2_000))}`,
          ),
        );
      }, timeoutMs);
      const look = (): void => {
        if (!condition(this)) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
    });
  }

  /** Waits for the end of the connection, and gives all that came. */
  async untilClosed(timeoutMs = 5_000): Promise<string> {
    await this.until(({ ended, closed }) => ended || closed, timeoutMs);
    return this.text;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private note(change: () => void): void {
    change();
    // A look takes itself out of the set, which iteration allows.
    for (const look of this.waiting) look();
  }
}
