import { randomInt } from 'node:crypto';

/**
 * Hashes the parts of a key into 64 bits: HalfSipHash-1-3 (Aumasson and Bernstein) under a secret of the process.
 * Nobody who does not know the secret can find two keys that meet, or keys that crowd one place of a table.
 *
 * Parts are fed one after the other, without a string that joins them. Each begins with its kind, and text with its
 * length, so that different parts never read the same.
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

  begin(): void {
    this.a = this.key0;
    this.b = this.key1 ^ 0xee;
    this.c = this.key0 ^ 0x6c796765;
    this.d = this.key1 ^ 0x74656462;
  }

  word(word: number): void {
    this.d ^= word;
    this.rounds(1);
    this.a ^= word;
  }

  /** Two UTF-16 units a word. */
  text(text: string): void {
    const { length } = text;
    this.word(length);
    // In locals: a field written for each step would double the cost.
    let { a, b, c, d } = this;
    for (let i = 0; i < length; i += 2) {
      const word = i + 1 < length ? text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16) : text.charCodeAt(i);
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
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }

  end(): void {
    this.c ^= 0xee;
    this.rounds(3);
    this.low = this.b ^ this.d;
    this.b ^= 0xdd;
    this.rounds(3);
    this.high = this.b ^ this.d;
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
