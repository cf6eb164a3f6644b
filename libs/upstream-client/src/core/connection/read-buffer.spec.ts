import { describe, expect, it } from '@jest/globals';
import { LARGE_READ_BYTES, LargeBuffers, SMALL_READ_BYTES } from './large-buffers.js';
import { ReadBuffer } from './read-buffer.js';

/** One whose last read was full. */
function filled(buffers: LargeBuffers): ReadBuffer {
  const buffer = new ReadBuffer(buffers);
  buffer.filled(SMALL_READ_BYTES);
  return buffer;
}

describe('ReadBuffer', () => {
  it('is small until much comes, and small again afterwards', () => {
    const buffers = new LargeBuffers();
    const buffer = new ReadBuffer(buffers);
    expect(buffer.next(false).length).toBe(SMALL_READ_BYTES);
    buffer.filled(SMALL_READ_BYTES - 1);
    expect(buffer.next(true).length).toBe(SMALL_READ_BYTES);
    buffer.filled(SMALL_READ_BYTES);
    expect(buffer.next(true).length).toBe(LARGE_READ_BYTES);
    expect(buffers.out).toBe(1);
    expect(buffer.next(false).length).toBe(SMALL_READ_BYTES);
    expect(buffers.out).toBe(0);
  });

  it('copies what a receiver gets out of the small one', () => {
    const buffer = new ReadBuffer(new LargeBuffers());
    const bytes = buffer.next(false);
    bytes.write('abcdef');
    const chunk = buffer.chunk(bytes, 1, 4, true);
    bytes.write('xxxxxx');
    expect(Buffer.from(chunk).toString()).toBe('bcd');
    expect(buffer.lease).toBeNull();
  });

  it('lets go of a large one until the receiver releases it', () => {
    const buffers = new LargeBuffers();
    const buffer = filled(buffers);
    const first = buffer.next(true);
    const chunk = buffer.chunk(first, 0, SMALL_READ_BYTES, true);
    const { lease } = buffer;
    expect(chunk.buffer).toBe(first.buffer);
    expect(buffer.next(true)).not.toBe(first);
    expect(buffers.out).toBe(2);
    lease?.release();
    lease?.release();
    expect(buffers.out).toBe(1);
    expect(buffers.take()).toBe(first);
  });

  it.each([
    ['of a receiver that leases none', LARGE_READ_BYTES, false],
    ['that is hardly filled', 10, true],
  ])('copies a large one %s, and keeps it', (_, bytes, mayLease) => {
    const buffers = new LargeBuffers();
    const buffer = filled(buffers);
    const large = buffer.next(true);
    expect(buffer.chunk(large, 0, bytes, mayLease).buffer).not.toBe(large.buffer);
    expect(buffer.lease).toBeNull();
    expect(buffer.next(true)).toBe(large);
    expect(buffers.out).toBe(1);
  });

  it('stays small when enough large ones are out', () => {
    const buffers = new LargeBuffers(1);
    const [first, second] = [filled(buffers), filled(buffers)];
    first.next(true);
    expect(second.next(true).length).toBe(SMALL_READ_BYTES);
    first.giveBack();
    expect(second.next(true).length).toBe(LARGE_READ_BYTES);
  });
});
