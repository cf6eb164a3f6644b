import { afterEach, describe, expect, it } from '@jest/globals';
import type { LineSink } from './line-sink.js';
import { LineWriter } from './line-writer.js';

/** A sink that confirms when the test says so. */
class HeldSink implements LineSink {
  readonly chunks: string[] = [];
  private done: ((error: Error | null) => void) | null = null;

  send(chunk: string, done: (error: Error | null) => void): void {
    this.chunks.push(chunk);
    this.done = done;
  }

  sendNow(chunk: string): void {
    this.chunks.push(`now:${chunk}`);
  }

  confirm(error: Error | null = null): void {
    const { done } = this;
    this.done = null;
    done?.(error);
  }
}

describe('a writer of lines', () => {
  const sink = new HeldSink();
  let writer = new LineWriter(sink, 100);

  function fresh(charactersMax: number): LineWriter {
    writer.close();
    sink.confirm();
    sink.chunks.length = 0;
    writer = new LineWriter(sink, charactersMax);
    return writer;
  }

  afterEach(() => writer.close());

  it('hands lines over together, and nothing when there are none', () => {
    fresh(100);
    writer.flush();
    writer.write('a\n');
    writer.write('b\n');
    expect(sink.chunks).toEqual([]);
    writer.flush();
    expect(sink.chunks).toEqual(['a\nb\n']);
  });

  it('hands over at once what has become large', () => {
    fresh(200_000);
    writer.write(`${'x'.repeat(70_000)}\n`);
    expect(sink.chunks).toHaveLength(1);
  });

  it('hands over what is there before it drops anything', () => {
    fresh(10);
    for (const line of ['12345678\n', 'abcdefgh\n']) writer.write(line);
    expect([sink.chunks, writer.dropped]).toEqual([['12345678\n'], 0]);
  });

  it('gives the sink one chunk at a time', () => {
    fresh(100);
    writer.write('a\n');
    writer.flush();
    writer.write('b\n');
    writer.flush();
    expect(sink.chunks).toEqual(['a\n']);
    sink.confirm();
    writer.flush();
    expect(sink.chunks).toEqual(['a\n', 'b\n']);
  });

  it('drops and counts whole lines that do not fit, and takes lines again when there is room', () => {
    fresh(10);
    writer.write('held\n');
    writer.flush();
    writer.write('12345678\n');
    writer.write('too much\n');
    writer.write('too much\n');
    expect(writer.dropped).toBe(2);
    sink.confirm();
    writer.flush();
    writer.write('again\n');
    sink.confirm();
    writer.flush();
    expect(sink.chunks).toEqual(['held\n', '12345678\n', 'again\n']);
    expect(writer.dropped).toBe(2);
  });

  it('counts the lines that the sink has lost, and goes on', () => {
    fresh(100);
    writer.write('a\n');
    writer.write('b\n');
    writer.flush();
    sink.confirm(new Error('no space'));
    expect(writer.dropped).toBe(2);
    writer.write('c\n');
    writer.flush();
    sink.confirm();
    expect(sink.chunks).toEqual(['a\nb\n', 'c\n']);
    expect(writer.dropped).toBe(2);
  });

  it('drains what came while the sink was busy', async () => {
    fresh(100);
    writer.write('a\n');
    writer.flush();
    writer.write('b\n');
    const drained = writer.drain(60_000);
    sink.confirm();
    expect(sink.chunks).toEqual(['a\n', 'b\n']);
    sink.confirm();
    await drained;
  });

  it('gives up draining when the time is up', async () => {
    fresh(100);
    writer.write('a\n');
    await writer.drain(1);
    expect(sink.chunks).toEqual(['a\n']);
  });

  it('hands over the rest without waiting when the process ends', () => {
    fresh(100);
    writer.write('a\n');
    writer.flush();
    writer.write('b\n');
    writer.flushNow();
    writer.flushNow();
    expect(sink.chunks).toEqual(['a\n', 'now:b\n']);
  });
});
