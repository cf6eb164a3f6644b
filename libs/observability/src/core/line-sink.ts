import { write, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Where lines go. */
export interface LineSink {
  /**
   * Takes a chunk of whole lines; calls back once, when it is out or lost. The next one comes after that, and the chunk
   * is overwritten.
   */
  send(chunk: Uint8Array, done: (error: Error | null) => void): void;
  /** As send(), without waiting and without telling: the process is about to end. Never throws. */
  sendNow(chunk: Uint8Array): void;
}

const LINE_FEED = Buffer.from('\n');

/**
 * A file or a device, written by threads of the pool. Not for pipes: one that nobody reads would hold such a thread for
 * ever, and the end of the process with it.
 */
export class FileSink implements LineSink {
  /** The last chunk broke off, perhaps within a line. */
  private torn = false;

  constructor(private readonly fd: number) {}

  send(chunk: Uint8Array, done: (error: Error | null) => void): void {
    const bytes = this.torn ? Buffer.concat([LINE_FEED, chunk]) : chunk;
    this.torn = false;
    const rest = (from: number): void => {
      write(this.fd, bytes, from, bytes.length - from, null, (error, written) => {
        if (error !== null) {
          this.torn = from > 0;
          done(error);
        } else if (from + written < bytes.length) rest(from + written);
        else done(null);
      });
    };
    rest(0);
  }

  sendNow(chunk: Uint8Array): void {
    try {
      writeSync(this.fd, chunk);
    } catch {
      // There is nobody left to tell.
    }
  }
}

/**
 * A pipe, a socket or a terminal, written when the kernel has room. Once it has broken, every chunk is lost.
 */
export class StreamSink implements LineSink {
  /** @param fd descriptor of the stream, for sendNow(); its end must not block */
  constructor(
    private readonly stream: Writable,
    private readonly fd: number,
  ) {
    // Each chunk is told of its own failure.
    stream.on('error', () => undefined);
  }

  send(chunk: Uint8Array, done: (error: Error | null) => void): void {
    this.stream.write(chunk, (error) => done(error ?? null));
  }

  sendNow(chunk: Uint8Array): void {
    try {
      writeSync(this.fd, chunk);
    } catch {
      // Full, or gone.
    }
  }
}
