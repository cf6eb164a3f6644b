import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

const CHUNK_BYTES = 262_144;
/** No line of a trace is as long as that; a file that is no text is found out before it fills the memory. */
const LINE_CHARS_MAX = 65_536;

/** Reads a file line by line, and holds no more of it than a chunk. */
export class LineReader {
  /** Number of the line that was given last, from 1. */
  number = 0;
  private file: number | null;
  private readonly chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  private readonly decoder = new StringDecoder('utf8');
  private text = '';
  private at = 0;

  /** @throws what `openSync` throws */
  constructor(path: string) {
    this.file = openSync(path, 'r');
  }

  /**
   * @returns the next line without its end, or null after the last one
   * @throws RangeError for a line beyond all measure, and what `readSync` throws
   */
  next(): string | null {
    for (;;) {
      const end = this.text.indexOf('\n', this.at);
      if (end >= 0) {
        const line = this.text.slice(this.at, this.text.charCodeAt(end - 1) === 13 ? Math.max(this.at, end - 1) : end);
        this.at = end + 1;
        this.number++;
        return line;
      }
      if (this.text.length - this.at > LINE_CHARS_MAX) throw new RangeError('a line is too long');
      if (!this.fill()) break;
    }
    if (this.at >= this.text.length) return null;
    const line = this.text.slice(this.at);
    this.at = this.text.length;
    this.number++;
    return line;
  }

  close(): void {
    if (this.file !== null) closeSync(this.file);
    this.file = null;
  }

  /** @returns false at the end of the file */
  private fill(): boolean {
    if (this.file === null) return false;
    const length = readSync(this.file, this.chunk, 0, CHUNK_BYTES, null);
    this.text = this.text.slice(this.at) + this.decoder.write(this.chunk.subarray(0, length));
    this.at = 0;
    if (length === 0) this.close();
    return length > 0;
  }
}
