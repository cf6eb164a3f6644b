import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';

const PATTERN = Buffer.from(Array.from({ length: 65_537 }, (_, i) => (i * 31 + (i >>> 8)) & 0xff));

/** Bytes that never repeat in step with a buffer size, so that a swapped or missing piece shows in their hash. */
export function* bytes(total: number, pieceBytes = PATTERN.length): Generator<Buffer> {
  let at = 0;
  for (let left = total; left > 0;) {
    const piece = PATTERN.subarray(at, at + Math.min(left, pieceBytes));
    at = (at + piece.length) % PATTERN.length;
    left -= piece.length;
    yield piece;
  }
}

export function byteStream(total: number): Readable {
  return Readable.from(bytes(total), { objectMode: false });
}

export interface Digest {
  readonly bytes: number;
  readonly hash: string;
}

/** What `bytes(total)` must look like on the other side. */
export function digestOf(total: number): Digest {
  const hash = createHash('sha256');
  for (const piece of bytes(total)) hash.update(piece);
  return { bytes: total, hash: hash.digest('hex') };
}

export async function digest(source: AsyncIterable<Uint8Array>): Promise<Digest> {
  const hash: Hash = createHash('sha256');
  let count = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    count += chunk.length;
  }
  return { bytes: count, hash: hash.digest('hex') };
}
