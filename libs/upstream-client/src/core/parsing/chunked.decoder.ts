import { BACKSLASH, CR, EQUALS, HEX, LF, QUOTE, SEMICOLON, TOKEN, VALUE } from './byte-classes.js';
import { MalformedResponse, type MalformedReason } from './malformed.js';
import type { ParserLimits } from './parser-limits.js';

const SIZE_START = 0;
const SIZE = 1;
const EXTENSION_NAME = 2;
const EXTENSION_MORE = 3;
const EXTENSION_VALUE = 4;
const TOKEN_VALUE = 5;
const QUOTED = 6;
const QUOTED_PAIR = 7;
const AFTER_QUOTED = 8;
const SIZE_LF = 9;
const DATA = 10;
const DATA_CR = 11;
const DATA_LF = 12;
const ENDED = 13;

/** Most digits of a chunk size: 2^52. */
const SIZE_DIGITS_MAX = 13;

/**
 * Takes the chunked coding off a body (RFC 9112 section 7.1), strictly: no whitespace around sizes and extensions, and
 * every line ends in CRLF. Ends behind the last chunk; the trailers are a {@link LineScanner}'s.
 */
export class ChunkedDecoder {
  /** Where the data of the last call begins, and how much there is: moved together in the very bytes it came in. */
  dataStart = 0;
  dataBytes = 0;
  private state = SIZE_START;
  private size = 0;
  private digits = 0;
  private extensionBytes = 0;
  private lineBytes = 0;

  constructor(private readonly limits: ParserLimits) {}

  begin(): void {
    this.state = SIZE_START;
    this.extensionBytes = 0;
  }

  get ended(): boolean {
    return this.state === ENDED;
  }

  /**
   * Reads bytes `from` up to `to`, over which it writes.
   * @returns where it stopped: at `to`, or behind the last chunk
   * @throws MalformedResponse
   */
  decode(bytes: Buffer, from: number, to: number): number {
    this.dataStart = from;
    this.dataBytes = 0;
    let at = from;
    while (at < to && this.state !== ENDED) {
      if (this.state === DATA) {
        const take = Math.min(this.size, to - at);
        this.append(bytes, at, take);
        at += take;
        this.size -= take;
        if (this.size === 0) this.state = DATA_CR;
      } else this.state = this.framing(bytes[at++]);
    }
    return at;
  }

  private append(bytes: Buffer, at: number, count: number): void {
    const end = this.dataStart + this.dataBytes;
    if (this.dataBytes === 0) this.dataStart = at;
    else if (end !== at) bytes.copyWithin(end, at, at + count);
    this.dataBytes += count;
  }

  private framing(byte: number): number {
    switch (this.state) {
      case SIZE_START: {
        const digit = HEX[byte];
        if (digit === 255) refuse('chunk-size');
        this.size = digit;
        this.digits = 1;
        this.lineBytes = 0;
        return SIZE;
      }
      case SIZE: {
        const digit = HEX[byte];
        if (digit === 255) return this.afterSize(byte, 'chunk-size');
        if (++this.digits > SIZE_DIGITS_MAX) refuse('chunk-size');
        this.size = this.size * 16 + digit;
        return SIZE;
      }
      case SIZE_LF:
        if (byte !== LF) refuse('line-end');
        return this.size === 0 ? ENDED : DATA;
      case DATA_CR:
        if (byte !== CR) refuse('chunk-end');
        return DATA_LF;
      case DATA_LF:
        if (byte !== LF) refuse('chunk-end');
        return SIZE_START;
      default:
        return this.extension(byte);
    }
  }

  /** Behind a size, or behind a whole extension. */
  private afterSize(byte: number, reason: MalformedReason): number {
    if (byte === CR) return SIZE_LF;
    if (byte !== SEMICOLON) refuse(byte === LF ? 'line-end' : reason);
    this.count();
    return EXTENSION_NAME;
  }

  private extension(byte: number): number {
    switch (this.state) {
      case EXTENSION_NAME:
        if (TOKEN[byte] === 0) refuse('chunk-extension');
        this.count();
        return EXTENSION_MORE;
      case EXTENSION_MORE:
        if (TOKEN[byte] === 1) this.count();
        else if (byte === EQUALS) {
          this.count();
          return EXTENSION_VALUE;
        } else return this.afterSize(byte, 'chunk-extension');
        return EXTENSION_MORE;
      case EXTENSION_VALUE:
        this.count();
        if (byte === QUOTE) return QUOTED;
        if (TOKEN[byte] === 0) refuse('chunk-extension');
        return TOKEN_VALUE;
      case TOKEN_VALUE:
        if (TOKEN[byte] === 0) return this.afterSize(byte, 'chunk-extension');
        this.count();
        return TOKEN_VALUE;
      case QUOTED:
        this.count();
        if (byte === QUOTE) return AFTER_QUOTED;
        if (byte === BACKSLASH) return QUOTED_PAIR;
        if (VALUE[byte] === 0) refuse('chunk-extension');
        return QUOTED;
      case QUOTED_PAIR:
        this.count();
        if (VALUE[byte] === 0) refuse('chunk-extension');
        return QUOTED;
      default:
        return this.afterSize(byte, 'chunk-extension');
    }
  }

  private count(): void {
    if (++this.extensionBytes > this.limits.chunkExtensionBytesMax) refuse('chunk-extension');
    if (++this.lineBytes > this.limits.lineBytesMax) refuse('chunk-extension');
  }
}

function refuse(reason: MalformedReason): never {
  throw new MalformedResponse(reason);
}
