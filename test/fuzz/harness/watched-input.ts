const STOP = 0;
const RUNS = 1;
const LENGTH = 2;
const HEAD_BYTES = 16;

/**
 * The input that is being run, in memory that another thread sees: when it never ends, that thread can tell which it
 * was. The other thread asks for the end here too.
 */
export class WatchedInput {
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;

  constructor(readonly memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.bytes = new Uint8Array(memory, HEAD_BYTES);
  }

  static create(bytesMax: number): WatchedInput {
    return new WatchedInput(new SharedArrayBuffer(HEAD_BYTES + bytesMax));
  }

  readonly show = (input: Buffer): void => {
    this.bytes.set(input.subarray(0, this.bytes.length));
    this.words[LENGTH] = Math.min(input.length, this.bytes.length);
    Atomics.add(this.words, RUNS, 1);
  };

  /** Changes with each input. */
  get runs(): number {
    return Atomics.load(this.words, RUNS);
  }

  get input(): Buffer {
    return Buffer.from(this.bytes.slice(0, this.words[LENGTH]));
  }

  stop(): void {
    Atomics.store(this.words, STOP, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.words, STOP) === 1;
  }
}
