import { describe, expect, it } from '@jest/globals';
import type { LineSink } from './line-sink.js';
import { SharedSink } from './shared-sink.js';

/** Confirms when the test says so. */
class HeldSink implements LineSink {
  readonly chunks: string[] = [];
  confirm: (error: Error | null) => void = () => undefined;

  send(chunk: Uint8Array, done: (error: Error | null) => void): void {
    this.chunks.push(Buffer.from(chunk).toString());
    this.confirm = done;
  }

  sendNow(chunk: Uint8Array): void {
    this.chunks.push(`now ${Buffer.from(chunk).toString()}`);
  }
}

describe('a sink for several writers', () => {
  it('takes their chunks one after the other, and tells each of its own', () => {
    const held = new HeldSink();
    const shared = new SharedSink(held);
    const told: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      shared.send(Buffer.from(name), (error) => told.push(`${name} ${error === null ? 'out' : 'lost'}`));
    }
    expect(held.chunks).toEqual(['a']);
    held.confirm(null);
    expect([held.chunks, told]).toEqual([['a', 'b'], ['a out']]);
    held.confirm(new Error('full'));
    held.confirm(null);
    expect(told).toEqual(['a out', 'b lost', 'c out']);
  });

  it('goes on with who sends again as soon as it is told', () => {
    const held = new HeldSink();
    const shared = new SharedSink(held);
    shared.send(Buffer.from('a'), () => shared.send(Buffer.from('a2'), () => undefined));
    shared.send(Buffer.from('b'), () => undefined);
    held.confirm(null);
    held.confirm(null);
    expect(held.chunks).toEqual(['a', 'b', 'a2']);
  });

  it('gives away what waits before what is last, when the process ends', () => {
    const held = new HeldSink();
    const shared = new SharedSink(held);
    for (const name of ['a', 'b']) shared.send(Buffer.from(name), () => undefined);
    shared.sendNow(Buffer.from('c'));
    shared.flushNow();
    expect(held.chunks).toEqual(['a', 'now b', 'now c']);
  });
});
