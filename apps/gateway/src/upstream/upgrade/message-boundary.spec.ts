import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../../test/helpers/seeded-random.js';
import { MessageBoundary } from './message-boundary.js';

/** A frame as RFC 6455 section 5.2 lays it out, with the shortest length field that fits or a longer one. */
function frame(payloadBytes: number, masked: boolean, form: 'short' | 'medium' | 'long'): Buffer {
  const length = Buffer.alloc({ short: 0, medium: 2, long: 8 }[form]);
  if (form === 'medium') length.writeUInt16BE(payloadBytes);
  if (form === 'long') length.writeBigUInt64BE(BigInt(payloadBytes));
  const marker = { short: payloadBytes, medium: 126, long: 127 }[form];
  const mask = Buffer.alloc(masked ? 4 : 0, 0xaa);
  return Buffer.concat([
    Buffer.from([0x82, marker | (masked ? 0x80 : 0)]),
    length,
    mask,
    Buffer.alloc(payloadBytes, 0x88),
  ]);
}

describe('the boundary between frames', () => {
  it('is reached before the first byte', () => {
    expect(new MessageBoundary().reached).toBe(true);
  });

  it.each([
    ['an empty frame', frame(0, false, 'short')],
    ['an empty masked frame', frame(0, true, 'short')],
    ['a small frame', frame(125, false, 'short')],
    ['a medium frame', frame(126, true, 'medium')],
    ['a medium frame at its limit', frame(65_535, false, 'medium')],
    ['a large frame', frame(65_536, true, 'long')],
    ['a small payload with a long length', frame(1, false, 'long')],
  ])('is reached behind %s and not before', (_, bytes) => {
    const boundary = new MessageBoundary();
    boundary.feed(bytes.subarray(0, -1));
    expect(boundary.reached).toBe(false);
    boundary.feed(bytes.subarray(-1));
    expect(boundary.reached).toBe(true);
  });

  it('is not moved by an empty read', () => {
    const boundary = new MessageBoundary();
    boundary.feed(new Uint8Array(0));
    expect(boundary.reached).toBe(true);
    boundary.feed(Buffer.from([0x81]));
    boundary.feed(new Uint8Array(0));
    expect(boundary.reached).toBe(false);
  });

  const random = new SeededRandom(6_455);
  const sequences = Array.from({ length: 30 }, () =>
    Array.from({ length: 1 + random.below(5) }, () => {
      const form = random.pick(['short', 'short', 'medium', 'long'] as const);
      return frame(random.below(form === 'short' ? 126 : 200), random.chance(0.5), form);
    }),
  );

  const endsOf = (frames: readonly Buffer[]): Set<number> => {
    let end = 0;
    return new Set([0, ...frames.map(({ length }) => (end += length))]);
  };

  it('is where frames end, at every point at which a sequence of them can be split in two', () => {
    const wrong: unknown[] = [];
    for (const frames of sequences) {
      const stream = Buffer.concat(frames);
      const ends = endsOf(frames);
      for (let at = 0; at <= stream.length; at++) {
        const boundary = new MessageBoundary();
        boundary.feed(stream.subarray(0, at));
        if (boundary.reached !== ends.has(at)) wrong.push({ stream: stream.toString('hex'), at });
        boundary.feed(stream.subarray(at));
        if (!boundary.reached) wrong.push({ stream: stream.toString('hex'), at, end: true });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is where frames end when they come in many reads, down to single bytes', () => {
    const wrong: unknown[] = [];
    for (const frames of sequences) {
      const stream = Buffer.concat(frames);
      const ends = endsOf(frames);
      for (const most of [1, 2, 7, 40]) {
        const boundary = new MessageBoundary();
        for (let at = 0; at < stream.length;) {
          const next = Math.min(stream.length, at + 1 + random.below(most));
          boundary.feed(stream.subarray(at, next));
          at = next;
          if (boundary.reached !== ends.has(at)) wrong.push({ stream: stream.toString('hex'), at, most });
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
