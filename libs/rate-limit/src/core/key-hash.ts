import { randomInt } from 'node:crypto';
import type { WorkerMemory } from './worker-memory.js';

/** Marks the length of a text that does not fit one byte a character. */
const WIDE = 0x8000_0000 | 0;

/**
 * Hashes the parts of a key into 64 bits: HalfSipHash-1-3 (Aumasson and Bernstein) under a secret of the process, of
 * whose final state both halves are taken. Nobody who does not know the secret can find two keys that meet, or keys that
 * crowd one place of a table.
 *
 * Parts are fed one after the other, without a string that joins them. Text begins with its length, so that different
 * parts never read the same.
 */
export class KeyHash {
  /** The result of `end`, as two signed 32-bit numbers. */
  high = 0;
  low = 0;
  private a = 0;
  private b = 0;
  private c = 0;
  private d = 0;

  constructor(
    private readonly key0 = randomInt(2 ** 32) | 0,
    private readonly key1 = randomInt(2 ** 32) | 0,
  ) {}

  /** One that hashes as those of the other workers do. */
  static sharedBy(memory: WorkerMemory): KeyHash {
    const words = new Int32Array(memory.region('key-hash', 2 * Int32Array.BYTES_PER_ELEMENT));
    // Of each word the first worker's choice holds; 0 is what nobody has chosen yet.
    for (let at = 0; at < words.length; at++) Atomics.compareExchange(words, at, 0, randomInt(1, 2 ** 32) | 0);
    return new KeyHash(Atomics.load(words, 0), Atomics.load(words, 1));
  }

  begin(): void {
    this.a = this.key0;
    this.b = this.key1;
    this.c = this.key0 ^ 0x6c796765;
    this.d = this.key1 ^ 0x74656462;
  }

  word(word: number): void {
    this.d ^= word;
    this.rounds(1);
    this.a ^= word;
  }

  text(text: string): void {
    const { length } = text;
    const { a, b, c, d } = this;
    this.word(length);
    if (this.bytes(text)) return;
    // From before the length, which the other form tells differently.
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    this.word(length | WIDE);
    for (let i = 0; i < length; i += 2) {
      this.word(i + 1 < length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : text.charCodeAt(i));
    }
  }

  end(): void {
    this.c ^= 0xee;
    this.rounds(3);
    this.low = this.b ^ this.d;
    this.high = this.a ^ this.c;
  }

  /** Four characters a word. @returns false, and leaves the state as it was, when one needs more than a byte */
  private bytes(text: string): boolean {
    const { length } = text;
    // In locals: a field written for each step would double the cost.
    let { a, b, c, d } = this;
    let seen = 0;
    for (let i = 0; i < length; i += 4) {
      let word = text.charCodeAt(i);
      seen |= word;
      for (let j = 1; j < 4 && i + j < length; j++) {
        const code = text.charCodeAt(i + j);
        seen |= code;
        word |= code << (8 * j);
      }
      d ^= word;
      a = (a + b) | 0;
      b = ((b << 5) | (b >>> 27)) ^ a;
      a = (a << 16) | (a >>> 16);
      c = (c + d) | 0;
      d = ((d << 8) | (d >>> 24)) ^ c;
      a = (a + d) | 0;
      d = ((d << 7) | (d >>> 25)) ^ a;
      c = (c + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ c;
      c = (c << 16) | (c >>> 16);
      a ^= word;
    }
    if (seen > 255) return false;
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
    return true;
  }

  private rounds(count: number): void {
    let { a, b, c, d } = this;
    for (let i = 0; i < count; i++) {
      a = (a + b) | 0;
      b = ((b << 5) | (b >>> 27)) ^ a;
      a = (a << 16) | (a >>> 16);
      c = (c + d) | 0;
      d = ((d << 8) | (d >>> 24)) ^ c;
      a = (a + d) | 0;
      d = ((d << 7) | (d >>> 25)) ^ a;
      c = (c + b) | 0;
      b = ((b << 13) | (b >>> 19)) ^ c;
      c = (c << 16) | (c >>> 16);
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
}
