import type { ChunkSource, FillReader } from './fill-reader.js';

/** What the body of a fill tells it. */
export interface BodyOwner {
  /** More may come. */
  resume(): void;
  /** It has grown too large to be stored, and is no longer kept. */
  onTooLarge(): void;
  /** The last reader has gone. */
  onUnread(): void;
}

/**
 * The body of a fill and those who read it. While it may be stored, all of it is kept, so that a slow reader holds
 * nobody up; otherwise only what the slowest has yet to take, and then the upstream waits for it.
 */
export class FillBody implements ChunkSource {
  readers: FillReader[] = [];
  complete = false;
  trailers: readonly string[] = [];
  private readonly chunks: Uint8Array[] = [];
  /** Chunks that were dropped from the front. */
  private dropped = 0;
  private bytes = 0;
  private declaredBytes = -1;
  private keeping = false;
  private paused = false;

  constructor(
    private readonly owner: BodyOwner,
    private readonly bytesMax: number,
  ) {}

  /** @param declaredBytes of its head, or -1 */
  begin(declaredBytes: number, keeping: boolean): void {
    this.declaredBytes = declaredBytes;
    this.keeping = keeping;
  }

  /** @returns false when the upstream should wait for resume() */
  push(chunk: Uint8Array): boolean {
    this.chunks.push(chunk);
    this.bytes += chunk.byteLength;
    if (this.bytes === this.declaredBytes) this.complete = true;
    if (this.keeping && this.bytes > this.bytesMax) {
      this.keeping = false;
      this.owner.onTooLarge();
    }
    this.pumpAll();
    this.trim();
    this.paused = !this.wantsMore();
    return !this.paused;
  }

  /** @returns all of it when it was kept */
  finish(trailers: readonly string[]): Uint8Array | null {
    this.trailers = trailers;
    this.complete = true;
    const whole = this.keeping ? this.joined() : null;
    this.pumpAll();
    return whole;
  }

  chunk(index: number): Uint8Array | undefined {
    return this.chunks[index - this.dropped];
  }

  advanced(): void {
    this.trim();
    if (!this.paused || !this.wantsMore()) return;
    this.paused = false;
    this.owner.resume();
  }

  left(reader: FillReader): void {
    const at = this.readers.indexOf(reader);
    if (at < 0) return;
    this.readers.splice(at, 1);
    if (this.readers.length === 0) this.owner.onUnread();
    else this.advanced();
  }

  /** Gives all readers away. */
  take(): FillReader[] {
    const { readers } = this;
    this.readers = [];
    return readers;
  }

  private pumpAll(): void {
    // A reader that ends takes itself out.
    for (let i = this.readers.length - 1; i >= 0; i--) this.readers[i].pump();
  }

  private wantsMore(): boolean {
    if (this.keeping || this.readers.length === 0) return true;
    let slowest = Infinity;
    let open = false;
    for (const { bytes, blocked } of this.readers) {
      slowest = Math.min(slowest, bytes);
      open ||= !blocked;
    }
    return open && this.bytes - slowest <= this.bytesMax;
  }

  /** Lets go of what everybody has taken. */
  private trim(): void {
    if (this.keeping) return;
    let first = this.dropped + this.chunks.length;
    for (const { position } of this.readers) first = Math.min(first, position);
    if (first === this.dropped) return;
    this.chunks.splice(0, first - this.dropped);
    this.dropped = first;
  }

  /** A copy of exactly its size: a chunk may be a small part of the memory that it was read into. */
  private joined(): Uint8Array {
    const whole = Buffer.allocUnsafeSlow(this.bytes);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.byteLength;
    }
    return whole;
  }
}
