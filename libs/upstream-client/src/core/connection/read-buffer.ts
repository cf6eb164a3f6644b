import type { ChunkLease } from '../upstream-client.js';
import { LargeBufferLease, SMALL_READ_BYTES, type LargeBuffers } from './large-buffers.js';

/** A large buffer with less in it is not worth being handed over: its bytes are copied. */
const LEASE_BYTES_MIN = 16_384;

/**
 * The buffer that a connection reads into: its own small one, or a large one of the pool while much comes. The rule
 * that keeps bytes from being overwritten while somebody needs them is here alone: a chunk that a receiver gets is
 * either a copy, or in a large buffer that this connection lets go of until the receiver releases it.
 */
export class ReadBuffer {
  /** Lease that belongs to the chunk of the last `chunk()`; null when that is a copy. */
  lease: ChunkLease | null = null;
  private readonly small = Buffer.allocUnsafeSlow(SMALL_READ_BYTES);
  private large: Buffer | null = null;
  /** The last read brought enough to read the next into a large buffer. */
  private much = false;

  constructor(private readonly buffers: LargeBuffers) {}

  /** @param inBody a body is under way, and nobody asked to pause */
  next(inBody: boolean): Buffer {
    if (inBody && this.much) {
      this.large ??= this.buffers.take();
      return this.large ?? this.small;
    }
    this.giveBack();
    return this.small;
  }

  /** So many bytes came with a read. */
  filled(count: number): void {
    this.much = count >= SMALL_READ_BYTES;
  }

  /** A chunk for a receiver, out of the buffer that was just filled. */
  chunk(bytes: Buffer, start: number, end: number, mayLease: boolean): Uint8Array {
    if (mayLease && bytes === this.large && end - start >= LEASE_BYTES_MIN) {
      this.large = null;
      this.lease = new LargeBufferLease(this.buffers, bytes);
      return bytes.subarray(start, end);
    }
    this.lease = null;
    const copy = Buffer.allocUnsafe(end - start);
    bytes.copy(copy, 0, start, end);
    return copy;
  }

  /** Nothing is read any more, or little. */
  giveBack(): void {
    if (this.large === null) return;
    this.buffers.give(this.large);
    this.large = null;
  }
}
