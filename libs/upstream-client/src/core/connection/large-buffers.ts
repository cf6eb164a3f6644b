import type { ChunkLease } from '../upstream-client.js';

/** What a connection reads into by default: heads and small replies. It belongs to the connection. */
export const SMALL_READ_BYTES = 16_384;
/** What a connection reads into while much comes. It belongs to the pool. */
export const LARGE_READ_BYTES = 262_144;

/** Large buffers that wait to be used again: 8 MiB. */
const FREE_MAX = 32;
/** Large buffers that are out at a time: 64 MiB. Whoever comes later reads into a small one. */
const OUT_MAX = 256;

/** Large read buffers of a thread. The last one given back is the next one taken: it is still in the processor's cache. */
export class LargeBuffers {
  /** Buffers that connections read into, or that receivers hold. */
  out = 0;
  private readonly free: Buffer[] = [];

  constructor(private readonly outMax = OUT_MAX) {}

  /** @returns null when enough are out */
  take(): Buffer | null {
    if (this.out >= this.outMax) return null;
    this.out++;
    return this.free.pop() ?? Buffer.allocUnsafeSlow(LARGE_READ_BYTES);
  }

  /** The buffer must be read by nobody any more. */
  give(buffer: Buffer): void {
    this.out--;
    if (this.free.length < FREE_MAX) this.free.push(buffer);
  }
}

/** The right of a receiver to a large buffer, until it is released once. */
export class LargeBufferLease implements ChunkLease {
  constructor(
    private readonly buffers: LargeBuffers,
    private buffer: Buffer | null,
  ) {}

  release(): void {
    if (this.buffer === null) return;
    this.buffers.give(this.buffer);
    this.buffer = null;
  }
}
