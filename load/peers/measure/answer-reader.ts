/**
 * Finds where answers end in the bytes of one connection: as much of HTTP/1.1 as fixed answers of the upstream need
 * (Content-Length always), for less CPU than a whole parser takes from the core it shares.
 */
export class AnswerReader {
  readonly #onAnswer: (status: number) => void;
  #head = '';
  #status = 0;
  /** Body bytes to come, or null while a head is being read. */
  #bytesLeft: number | null = null;

  constructor(onAnswer: (status: number) => void) {
    this.#onAnswer = onAnswer;
  }

  /** Takes the next bytes. Throws on an answer whose end it cannot find. */
  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#bytesLeft === null) at = this.#readHead(chunk, at);
      else at = this.#skipBody(chunk, at);
    }
  }

  #readHead(chunk: Buffer, at: number): number {
    const before = this.#head.length;
    const text = this.#head + chunk.toString('latin1', at);
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) {
      this.#head = text;
      return chunk.length;
    }
    const head = text.slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    if (length === null) throw new Error(`no Content-Length in: ${head}`);
    this.#head = '';
    this.#status = Number(head.slice(9, 12));
    this.#bytesLeft = Number(length[1]);
    if (this.#bytesLeft === 0) this.#end();
    return at + end + 4 - before;
  }

  #skipBody(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#bytesLeft!, chunk.length - at);
    this.#bytesLeft! -= taken;
    if (this.#bytesLeft === 0) this.#end();
    return at + taken;
  }

  #end(): void {
    this.#bytesLeft = null;
    this.#onAnswer(this.#status);
  }
}
