import { afterEach, describe, expect, it } from '@jest/globals';
import { LineBytes, literal } from './line-bytes.js';
import type { LineSink } from './line-sink.js';
import { LineWriter } from './line-writer.js';

const CHUNK_BYTES = 65_536;
/** Of which four fit into a chunk, since a character may need three bytes. */
const LARGE = `${'x'.repeat(9_999)}\n`;

/** A sink that confirms when the test says so. */
class HeldSink implements LineSink {
  readonly chunks: string[] = [];
  private done: ((error: Error | null) => void) | null = null;

  send(chunk: Uint8Array, done: (error: Error | null) => void): void {
    this.chunks.push(Buffer.from(chunk).toString());
    this.done = done;
  }

  sendNow(chunk: Uint8Array): void {
    this.chunks.push(`now:${Buffer.from(chunk).toString()}`);
  }

  confirm(error: Error | null = null): void {
    const { done } = this;
    this.done = null;
    done?.(error);
  }
}

describe('a writer of lines', () => {
  const sink = new HeldSink();
  let writer = new LineWriter(sink, CHUNK_BYTES);

  function fresh(bytesMax = CHUNK_BYTES): LineWriter {
    writer.close();
    sink.confirm();
    sink.chunks.length = 0;
    writer = new LineWriter(sink, bytesMax);
    return writer;
  }

  afterEach(() => writer.close());

  it('hands lines over together, and nothing when there are none', () => {
    fresh();
    writer.flush();
    writer.write('a\n');
    writer.write('b\n');
    expect(sink.chunks).toEqual([]);
    writer.flush();
    expect(sink.chunks).toEqual(['a\nb\n']);
  });

  it('hands over at once what has become large', () => {
    fresh(200_000);
    for (let i = 0; i < 5; i++) writer.write(LARGE);
    expect(sink.chunks).toEqual([LARGE.repeat(4)]);
  });

  it('takes lines of bytes among the others, and keeps none of what it was given', () => {
    fresh(200_000);
    const line = new LineBytes();
    const put = (text: string): void => {
      line.clear();
      line.put(literal(text));
      writer.writeBytes(line);
    };
    put('a\n');
    writer.write('b\n');
    put('c\n');
    writer.flush();
    expect(sink.chunks).toEqual(['a\nb\nc\n']);
    const long = `${'y'.repeat(CHUNK_BYTES)}\n`;
    sink.confirm();
    put('d\n');
    put(long);
    put('e\n');
    expect(sink.chunks.slice(1)).toEqual(['d\n']);
    sink.confirm();
    expect(sink.chunks.slice(2)).toEqual([long]);
  });

  it('drops lines of bytes, too, when there is no room for them', () => {
    fresh();
    const line = new LineBytes();
    line.put(literal(LARGE));
    for (let i = 0; i < 20; i++) writer.writeBytes(line);
    expect(writer.dropped).toBeGreaterThan(0);
    expect(sink.chunks).toEqual([LARGE.repeat(6)]);
  });

  it('keeps every character, and the order, over many chunks', () => {
    fresh(1_000_000);
    const lines = Array.from({ length: 3_000 }, (_, i) => `${i} ä€😀 ${'x'.repeat(i % 97)}\n`);
    for (const line of lines) {
      writer.write(line);
      if (line.length % 3 === 0) sink.confirm();
    }
    for (let i = 0; i < 10; i++) {
      sink.confirm();
      writer.flush();
    }
    expect(sink.chunks.length).toBeGreaterThanOrEqual(3);
    expect(sink.chunks.join('')).toBe(lines.join(''));
    expect(writer.dropped).toBe(0);
  });

  it('takes a line that is larger than a chunk, in its place', () => {
    fresh(1_000_000);
    const long = `${'long'.repeat(50_000)}\n`;
    for (const line of ['a\n', long, 'b\n']) writer.write(line);
    for (let i = 0; i < 3; i++) {
      sink.confirm();
      writer.flush();
    }
    expect(sink.chunks).toEqual(['a\n', long, 'b\n']);
    writer.write(`${'x'.repeat(2_000_000)}\n`);
    expect(writer.dropped).toBe(1);
  });

  it('gives the sink one chunk at a time', () => {
    fresh();
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
    fresh(CHUNK_BYTES);
    writer.write('held\n');
    writer.flush();
    for (let i = 0; i < 6; i++) writer.write(LARGE);
    expect(writer.dropped).toBe(2);
    sink.confirm();
    writer.write('again\n');
    sink.confirm();
    writer.flush();
    sink.confirm();
    writer.flush();
    expect(sink.chunks.join('')).toBe(`held\n${LARGE.repeat(4)}again\n`);
    expect(writer.dropped).toBe(2);
  });

  it('counts the lines that the sink has lost, and goes on', () => {
    fresh();
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
    fresh();
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
    fresh();
    writer.write('a\n');
    await writer.drain(1);
    expect(sink.chunks).toEqual(['a\n']);
  });

  it('hands over the rest without waiting when the process ends', () => {
    fresh();
    writer.write('a\n');
    writer.flush();
    writer.write('b\n');
    writer.flushNow();
    writer.flushNow();
    expect(sink.chunks).toEqual(['a\n', 'now:b\n']);
  });
});
