import { afterEach, describe, expect, it } from '@jest/globals';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { SpanQueue } from './span-queue.js';

/** An exporter that answers when the test says so. */
class HeldExporter implements SpanExporter {
  readonly batches: string[][] = [];
  throws = false;
  private answer: ((result: { code: number }) => void) | null = null;

  export(spans: ReadableSpan[], done: (result: { code: number }) => void): void {
    if (this.throws) throw new Error('of the test');
    this.batches.push(spans.map(({ name }) => name));
    this.answer = done;
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  take(code = 0): void {
    const { answer } = this;
    this.answer = null;
    answer?.({ code });
  }
}

describe('the queue of spans', () => {
  let exporter = new HeldExporter();
  let queue: SpanQueue;

  function fresh(queueMax = 4, batchMax = 2): void {
    exporter = new HeldExporter();
    queue = new SpanQueue(exporter, { queueMax, batchMax, intervalMs: 60_000 });
  }

  function end(...names: string[]): void {
    for (const name of names) queue.onEnd({ name } as ReadableSpan);
  }

  afterEach(async () => {
    const closed = queue.shutdown(1);
    exporter.take();
    await closed;
  });

  it('sends a full batch at once, and one at a time', () => {
    fresh();
    end('a', 'b', 'c', 'd', 'e');
    expect(exporter.batches).toEqual([['a', 'b']]);
    exporter.take();
    expect(exporter.batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(queue.dropped).toBe(0);
  });

  it('drops and counts what does not fit while the collector is slow', () => {
    fresh();
    end('a', 'b', 'c', 'd', 'e', 'f', 'lost', 'lost');
    expect(queue.dropped).toBe(2);
    exporter.take();
    end('g');
    expect(queue.dropped).toBe(2);
  });

  it('counts what the collector has not taken, and goes on', () => {
    fresh();
    end('a', 'b', 'c', 'd');
    exporter.take(1);
    expect(queue.dropped).toBe(2);
    exporter.take();
    expect([queue.dropped, exporter.batches.length]).toEqual([2, 2]);
    exporter.throws = true;
    end('e', 'f');
    expect(queue.dropped).toBe(4);
  });

  it('sends what is left when it ends', async () => {
    fresh();
    end('a');
    const closed = queue.shutdown(60_000);
    exporter.take();
    await closed;
    expect([exporter.batches, queue.dropped]).toEqual([[['a']], 0]);
    end('too late');
    expect(queue.dropped).toBe(1);
  });

  it('does not wait for a collector that does not answer when it ends', async () => {
    fresh();
    end('a', 'b', 'c');
    await queue.shutdown(1);
    expect(queue.dropped).toBe(1);
  });
});
