import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';

/** `ExportResultCode.SUCCESS`. */
const SUCCESS = 0;

export interface SpanQueueOptions {
  /** Spans that may wait. */
  readonly queueMax: number;
  /** Spans in one message. */
  readonly batchMax: number;
  readonly intervalMs: number;
}

/**
 * Spans on their way to a collector that may be slow or gone: one message at a time, a bounded queue behind it, and a
 * count of what was lost. Unlike the processor of the SDK it can tell how many that were.
 */
export class SpanQueue implements SpanProcessor {
  /** Spans that no collector will see. */
  dropped = 0;
  private waiting: ReadableSpan[] = [];
  private sending = false;
  private closed = false;
  private readonly timer: NodeJS.Timeout;
  private whenIdle: (() => void)[] = [];

  constructor(
    private readonly exporter: SpanExporter,
    private readonly options: SpanQueueOptions,
  ) {
    this.timer = setInterval(() => this.send(), options.intervalMs);
    this.timer.unref();
  }

  onStart(): void {
    // Spans are sent when they have ended.
  }

  onEnd(span: ReadableSpan): void {
    if (this.closed || this.waiting.length >= this.options.queueMax) {
      this.dropped++;
      return;
    }
    this.waiting.push(span);
    if (this.waiting.length >= this.options.batchMax) this.send();
  }

  /** Resolves when the queue is empty, or lost. */
  async forceFlush(): Promise<void> {
    this.send();
    if (this.sending) await new Promise<void>((resolve) => this.whenIdle.push(resolve));
  }

  /** Sends what is left. @param timeoutMs what has not gone out by then is lost */
  async shutdown(timeoutMs = 1_000): Promise<void> {
    if (this.closed) return;
    clearInterval(this.timer);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.forceFlush(), late]);
    clearTimeout(timer);
    this.closed = true;
    this.dropped += this.waiting.length;
    this.waiting = [];
  }

  private send(): void {
    if (this.sending || this.waiting.length === 0) return;
    const batch = this.waiting.splice(0, this.options.batchMax);
    this.sending = true;
    try {
      this.exporter.export(batch, ({ code }) => this.sent(batch.length, (code as number) === SUCCESS));
    } catch {
      this.sent(batch.length, false);
    }
  }

  private sent(count: number, taken: boolean): void {
    this.sending = false;
    if (!taken) this.dropped += count;
    const flushing = this.whenIdle.length > 0;
    if (this.waiting.length >= this.options.batchMax || flushing) this.send();
    if (!flushing || this.sending) return;
    for (const resolve of this.whenIdle) resolve();
    this.whenIdle = [];
  }
}
