import type { LineSink } from './line-sink.js';

interface Queued {
  readonly chunk: Uint8Array;
  readonly done: (error: Error | null) => void;
}

/**
 * One sink for several writers, whose chunks go out one after the other and never into each other. Each writer has one
 * chunk here at a time, as a sink is promised, so what waits is bounded by their number.
 */
export class SharedSink implements LineSink {
  private readonly waiting: Queued[] = [];
  private busy = false;

  constructor(private readonly sink: LineSink) {}

  send(chunk: Uint8Array, done: (error: Error | null) => void): void {
    this.waiting.push({ chunk, done });
    if (!this.busy) this.next();
  }

  /** What waits goes first. */
  sendNow(chunk: Uint8Array): void {
    this.flushNow();
    this.sink.sendNow(chunk);
  }

  /** For the end of the process: everything that waits goes out at once, and nobody is told. */
  flushNow(): void {
    for (const { chunk } of this.waiting.splice(0)) this.sink.sendNow(chunk);
  }

  private next(): void {
    const queued = this.waiting.shift();
    if (queued === undefined) return;
    this.busy = true;
    this.sink.send(queued.chunk, (error) => {
      this.busy = false;
      queued.done(error);
      if (!this.isBusy()) this.next();
    });
  }

  /** Who was told may have sent the next one already. */
  private isBusy(): boolean {
    return this.busy;
  }
}
