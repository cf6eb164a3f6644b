import { jsonText } from './json-text.js';

/** More than nearly every line has. */
const USUAL_BYTES = 4_096;
/** A buffer that a rare line has made larger than this is not kept. */
const KEPT_BYTES_MAX = 65_536;
const UNIT_BYTES_MAX = 3;
const QUOTE = 0x22;
const DIGIT = 0x30;
const POINT = 0x2e;

/** Whether a character stands for itself in JSON, by its code. Beyond ASCII a closer look decides. */
const PLAIN = new Uint8Array(0x80).fill(1, 0x20, 0x7f);
PLAIN[QUOTE] = PLAIN[0x5c] = 0;

/** A text of ASCII that is put into many lines as it is. */
export function literal(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/**
 * One line that comes together as bytes, from its beginning to its end, in a buffer that is used again. A string put
 * together of forty pieces is forty objects, flattened and copied once more when it is written: three times the cost.
 */
export class LineBytes {
  bytes = Buffer.allocUnsafeSlow(USUAL_BYTES);
  length = 0;
  private second = -1;
  private readonly utcPrefix = new Uint8Array(20);

  /** Begins a new line. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > KEPT_BYTES_MAX) this.bytes = Buffer.allocUnsafeSlow(USUAL_BYTES);
  }

  put(piece: Uint8Array): void {
    const { length } = piece;
    this.ensure(length);
    const { bytes, length: at } = this;
    for (let i = 0; i < length; i++) bytes[at + i] = piece[i];
    this.length = at + length;
  }

  /** A part of a text of ASCII, as `slice` takes it: it is plain by its making, and nothing is escaped. */
  slice(text: string, from: number, to: number): void {
    const end = Math.min(to, text.length);
    this.ensure(Math.max(0, end - from));
    const { bytes } = this;
    let at = this.length;
    for (let i = from; i < end; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** A string as JSON, quotes included, as {@link jsonText} writes it. */
  json(value: string): void {
    const { length } = value;
    this.ensure(length + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f || PLAIN[code] === 0) {
        this.escaped(value);
        return;
      }
      bytes[at++] = code;
    }
    bytes[at] = QUOTE;
    this.length = at + 1;
  }

  /** @param value 0 or more */
  whole(value: number): void {
    this.ensure(20);
    this.length = digits(this.bytes, this.length, value);
  }

  /** A number of thousandths, with its point and without zeros at its end: 1500 is `1.5`. @param value 0 or more */
  thousandths(value: number): void {
    this.ensure(24);
    const { bytes } = this;
    const whole = Math.floor(value / 1_000);
    let at = digits(bytes, this.length, whole);
    let rest = value - whole * 1_000;
    if (rest > 0) {
      bytes[at++] = POINT;
      for (let unit = 100; rest > 0; unit /= 10) {
        const digit = Math.floor(rest / unit);
        bytes[at++] = DIGIT + digit;
        rest -= digit * unit;
      }
    }
    this.length = at;
  }

  /** A time as RFC 3339 writes it, `2026-11-05T12:00:00.123Z`. The second is written out once. @param now ms since 1970 */
  utc(now: number): void {
    this.ensure(24);
    const { bytes, utcPrefix } = this;
    const seconds = Math.floor(now / 1_000);
    if (seconds !== this.second) {
      this.second = seconds;
      const text = new Date(seconds * 1_000).toISOString();
      for (let i = 0; i < 20; i++) utcPrefix[i] = text.charCodeAt(i);
    }
    let at = this.length;
    for (let i = 0; i < 20; i++) bytes[at++] = utcPrefix[i];
    const ms = now - seconds * 1_000;
    const hundreds = Math.floor(ms / 100);
    const tens = Math.floor(ms / 10) - hundreds * 10;
    bytes[at++] = DIGIT + hundreds;
    bytes[at++] = DIGIT + tens;
    bytes[at++] = DIGIT + (ms - hundreds * 100 - tens * 10);
    bytes[at++] = 0x5a;
    this.length = at;
  }

  toString(): string {
    return this.bytes.toString('utf8', 0, this.length);
  }

  private escaped(value: string): void {
    const text = jsonText(value);
    this.ensure(text.length * UNIT_BYTES_MAX);
    this.length += this.bytes.write(text, this.length);
  }

  private ensure(more: number): void {
    if (this.length + more > this.bytes.length) this.grow(this.length + more);
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

function digits(bytes: Uint8Array, from: number, value: number): number {
  let at = from;
  let unit = 1;
  while (value >= unit * 10) unit *= 10;
  for (let rest = value; unit >= 1; unit /= 10) {
    const digit = Math.floor(rest / unit);
    bytes[at++] = DIGIT + digit;
    rest -= digit * unit;
  }
  return at;
}
