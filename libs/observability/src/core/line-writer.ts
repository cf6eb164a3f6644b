import type { LineBytes } from './line-bytes.js';
import type { LineSink } from './line-sink.js';

/** Bytes that go out together. */
const CHUNK_BYTES = 65_536;
/** How long a line may wait for company, in milliseconds. */
const TICK_MS = 100;
/** Chunks kept for the next lines, so that a steady stream allocates none. */
const SPARES_MAX = 4;
/** Bytes of a UTF-16 unit in UTF-8, at most. */
const UNIT_BYTES_MAX = 3;

interface Sealed {
  readonly bytes: Buffer;
  readonly lines: number;
  /** What the bytes stand in, to be used again; null for a line that has a buffer of its own. */
  readonly chunk: Buffer<ArrayBuffer> | null;
}

/**
 * Lines on their way to a sink that may be slow, full or gone. A line is copied into a chunk at once: no promise, no timer
 * and no system call, and no string that lives until the chunk is full (putting those together later cost four times
 * as much). What does not fit is dropped and counted, and so is what the sink refuses: whoever writes never waits and
 * never fails.
 */
export class LineWriter {
  /** Lines that nobody will see. */
  dropped = 0;
  private chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  private used = 0;
  private lines = 0;
  /** Full chunks that the sink has not got. */
  private sealed: Sealed[] = [];
  private sealedBytes = 0;
  /** What the sink has, and has not confirmed. */
  private sent: Sealed | null = null;
  private readonly spares: Buffer<ArrayBuffer>[] = [];
  private readonly timer: NodeJS.Timeout;
  private whenIdle: (() => void)[] = [];
  private readonly confirmed = (error: Error | null): void => this.onConfirmed(error);

  /** @param bytesMax held for the sink, beside the chunk that it has; no less than a chunk */
  constructor(
    private readonly sink: LineSink,
    private readonly bytesMax: number,
  ) {
    this.timer = setInterval(() => this.flush(), TICK_MS);
    this.timer.unref();
  }

  /** @param line with its line feed */
  write(line: string): void {
    const most = line.length * UNIT_BYTES_MAX;
    if (most > CHUNK_BYTES) this.writeLong(Buffer.from(line));
    else if (this.hasRoom(most)) {
      this.used += this.chunk.write(line, this.used);
      this.lines++;
    }
  }

  /** @param line with its line feed; it is copied */
  writeBytes({ bytes, length }: LineBytes): void {
    if (length > CHUNK_BYTES) this.writeLong(Buffer.from(bytes.subarray(0, length)));
    else if (this.hasRoom(length)) {
      bytes.copy(this.chunk, this.used, 0, length);
      this.used += length;
      this.lines++;
    }
  }

  /** Hands over what has come together, unless the sink is busy. */
  flush(): void {
    if (this.sent !== null) return;
    if (this.sealed.length === 0) {
      if (this.lines === 0) return;
      this.seal();
    }
    const next = this.sealed.shift() as Sealed;
    this.sealedBytes -= next.bytes.length;
    this.sent = next;
    this.sink.send(next.bytes, this.confirmed);
  }

  /** For the end of the process: what is left goes out at once, as far as the sink takes it without waiting. */
  flushNow(): void {
    if (this.lines > 0) this.seal();
    for (const { bytes } of this.sealed) this.sink.sendNow(bytes);
    this.sealed = [];
    this.sealedBytes = 0;
  }

  /** Resolves when every line is out or lost, or the time is up. */
  async drain(timeoutMs: number): Promise<void> {
    this.flush();
    if (this.sent === null) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.whenIdle.push(resolve);
      timer = setTimeout(resolve, timeoutMs);
    });
    clearTimeout(timer);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Sees to it that a line finds room in the chunk; one that does not is dropped. */
  private hasRoom(bytes: number): boolean {
    if (this.used + bytes <= CHUNK_BYTES || this.turn()) return true;
    this.dropped++;
    return false;
  }

  /** Begins a new chunk. @returns false when there is no place for one */
  private turn(): boolean {
    if (this.sent !== null && this.sealedBytes + this.used + CHUNK_BYTES > this.bytesMax) return false;
    this.seal();
    this.flush();
    return true;
  }

  private seal(): void {
    const { chunk, lines } = this;
    const bytes = chunk.subarray(0, this.used);
    this.sealed.push({ bytes, lines, chunk });
    this.sealedBytes += bytes.length;
    this.chunk = this.spares.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    this.used = 0;
    this.lines = 0;
  }

  /** A line that may be larger than a chunk: rare, such as one with a long stack. */
  private writeLong(bytes: Buffer): void {
    if (this.sealedBytes + this.used + bytes.length > this.bytesMax) {
      this.dropped++;
      return;
    }
    if (this.lines > 0) this.seal();
    this.sealed.push({ bytes, lines: 1, chunk: null });
    this.sealedBytes += bytes.length;
    this.flush();
  }

  private onConfirmed(error: Error | null): void {
    const { sent } = this;
    this.sent = null;
    if (sent === null) return;
    if (error !== null) this.dropped += sent.lines;
    if (sent.chunk !== null && this.spares.length < SPARES_MAX) this.spares.push(sent.chunk);
    const draining = this.whenIdle.length > 0;
    if (this.sealed.length > 0 || draining) this.flush();
    // It may have been confirmed within the call.
    if (!draining || this.isSending()) return;
    for (const resolve of this.whenIdle) resolve();
    this.whenIdle = [];
  }

  private isSending(): boolean {
    return this.sent !== null;
  }
}
