import type { LineSink } from './line-sink.js';

/** Handed over at once when this many characters have come together, so that a busy moment does not grow the buffer. */
const CHUNK = 65_536;
/** How long a line may wait for company, in milliseconds. */
const TICK_MS = 100;

/**
 * Lines on their way to a sink that may be slow, full or gone. Writing is appending to a string: no promise, no timer
 * and no system call a line. What does not fit in the buffer is dropped and counted, and so is what the sink refuses:
 * whoever writes never waits and never fails.
 */
export class LineWriter {
  /** Lines that nobody will see. */
  dropped = 0;
  private pending = '';
  private pendingLines = 0;
  /** Lines that the sink has, and has not confirmed. */
  private sentLines = 0;
  private sending = false;
  private readonly timer: NodeJS.Timeout;
  private whenIdle: (() => void)[] = [];
  private readonly confirmed = (error: Error | null): void => this.onConfirmed(error);

  /** @param charactersMax held for the sink, beside the chunk that it has */
  constructor(
    private readonly sink: LineSink,
    private readonly charactersMax: number,
  ) {
    this.timer = setInterval(() => this.flush(), TICK_MS);
    this.timer.unref();
  }

  /** @param line with its line feed */
  write(line: string): void {
    if (this.pending.length + line.length > this.charactersMax) {
      this.flush();
      if (this.pending.length + line.length > this.charactersMax) {
        this.dropped++;
        return;
      }
    }
    this.pending += line;
    this.pendingLines++;
    if (this.pending.length >= CHUNK) this.flush();
  }

  /** Hands over what has come together, unless the sink is busy. */
  flush(): void {
    if (this.sending || this.pendingLines === 0) return;
    const chunk = this.pending;
    this.sentLines = this.pendingLines;
    this.pending = '';
    this.pendingLines = 0;
    this.sending = true;
    this.sink.send(chunk, this.confirmed);
  }

  /** For the end of the process: what is left goes out at once, as far as the sink takes it without waiting. */
  flushNow(): void {
    const chunk = this.pending;
    this.pending = '';
    this.pendingLines = 0;
    if (chunk !== '') this.sink.sendNow(chunk);
  }

  /** Resolves when every line is out or lost, or the time is up. */
  async drain(timeoutMs: number): Promise<void> {
    this.flush();
    if (!this.sending) return;
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

  private onConfirmed(error: Error | null): void {
    this.sending = false;
    if (error !== null) this.dropped += this.sentLines;
    this.sentLines = 0;
    const waited = this.whenIdle.length > 0;
    if (this.pending.length >= CHUNK || (waited && this.pendingLines > 0)) this.flush();
    if (!waited || this.sending) return;
    for (const resolve of this.whenIdle) resolve();
    this.whenIdle = [];
  }
}
