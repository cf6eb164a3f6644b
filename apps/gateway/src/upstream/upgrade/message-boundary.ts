/**
 * Follows the frames of one direction of a WebSocket connection (RFC 6455 section 5.2), to know where a frame of our
 * own can be put between two of theirs. It reads headers only.
 */
export class MessageBoundary {
  private skip = 0;
  private readonly header = Buffer.alloc(14);
  private filled = 0;

  /** True between two frames. */
  get reached(): boolean {
    return this.skip === 0 && this.filled === 0;
  }

  feed(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.skip > 0) {
        const skipped = Math.min(this.skip, chunk.length - at);
        this.skip -= skipped;
        at += skipped;
        continue;
      }
      this.header[this.filled++] = chunk[at++];
      const needed = headerBytes(this.header, this.filled);
      if (this.filled === needed) {
        this.skip = payloadBytes(this.header);
        this.filled = 0;
      }
    }
  }
}

function headerBytes(header: Buffer, filled: number): number {
  if (filled < 2) return 2;
  const length = header[1] & 0x7f;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + ((header[1] & 0x80) === 0 ? 0 : 4);
}

function payloadBytes(header: Buffer): number {
  const length = header[1] & 0x7f;
  if (length === 126) return header.readUInt16BE(2);
  if (length === 127) return Number(header.readBigUInt64BE(2));
  return length;
}
