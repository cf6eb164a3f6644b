import { Readable } from 'node:stream';

const PERIOD = 251;
// A whole number of periods, so that every chunk is the same and all replies share this one.
const CHUNK = Buffer.from(Uint8Array.from({ length: PERIOD * 1024 }, (_, index) => index % PERIOD));

/**
 * A body of `bytes` bytes in which byte n is n modulo 251: a reader can tell a lost, doubled or moved byte.
 * However long it is, it takes no memory of its own beyond what the socket holds back.
 */
export function generatedBody(bytes: number): Readable {
  let left = bytes;
  return new Readable({
    highWaterMark: CHUNK.length,
    read() {
      if (left === 0) {
        this.push(null);
        return;
      }
      const size = Math.min(left, CHUNK.length);
      left -= size;
      this.push(size === CHUNK.length ? CHUNK : CHUNK.subarray(0, size));
    },
  });
}
