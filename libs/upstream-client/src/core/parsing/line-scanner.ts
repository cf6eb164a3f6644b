import { COLON, CR, HTAB, LF, SP, TOKEN, VALUE } from './byte-classes.js';
import { MalformedResponse, type MalformedReason, type OversizeReason } from './malformed.js';
import type { ParserLimits } from './parser-limits.js';

const VERSION = 0;
const MINOR = 1;
const BEFORE_STATUS = 2;
const STATUS = 3;
const AFTER_STATUS = 4;
const REASON = 5;
const LINE_END = 6;
const FIELD_START = 7;
const NAME = 8;
const BEFORE_VALUE = 9;
const FIELD_VALUE = 10;
const LAST_LF = 11;

const PREFIX = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e]; // HTTP/1.

/**
 * Finds the end of a head, or of the trailers, and the places of its fields: byte by byte and strictly (RFC 9112
 * sections 2.2, 4 and 5), so that what is wrong is seen when it comes and not when the line or the head would end. The
 * one thing it lets pass is a status line without the space before an absent reason phrase, which is common and can be
 * read in one way only.
 *
 * The bytes may come cut anywhere: they are kept until the end is there, then become one string, of which the fields
 * are pieces.
 */
export class LineScanner {
  /** Latin1 of everything, once the end was found. */
  text = '';
  /** Pairs of places for each field: where its name begins and ends, where its value begins and ends. */
  readonly places: number[] = [];
  minor = 1;
  status = 0;
  /** Where the reason phrase begins and ends. */
  reasonStart = 0;
  reasonEnd = 0;

  private state = VERSION;
  private inHead = true;
  private matched = 0;
  private lineStart = 0;
  private kept: Buffer | null = null;
  private keptBytes = 0;

  constructor(private readonly limits: ParserLimits) {}

  /** Before each head. */
  beginHead(): void {
    this.begin(VERSION, true);
  }

  /** Before the trailers. */
  beginTrailers(): void {
    this.begin(FIELD_START, false);
  }

  private begin(state: number, inHead: boolean): void {
    this.state = state;
    this.inHead = inHead;
    this.matched = 0;
    this.lineStart = 0;
    this.status = 0;
    this.reasonStart = this.reasonEnd = 0;
    this.places.length = 0;
    this.kept = null;
    this.keptBytes = 0;
    this.text = '';
  }

  /** Whether nothing has come yet of what was begun. */
  get untouched(): boolean {
    return this.keptBytes === 0;
  }

  /**
   * Reads bytes `from` up to `to`.
   * @returns where it ended, or -1 when more must come; the bytes are then kept
   * @throws MalformedResponse
   */
  scan(bytes: Buffer, from: number, to: number): number {
    const { places, limits } = this;
    // What a place in these bytes is in the whole.
    const base = this.keptBytes - from;
    const allowed = from + limits.headBytesMax - this.keptBytes;
    const limit = to < allowed ? to : allowed;
    let { state } = this;
    let at = from;
    while (at < limit) {
      const byte = bytes[at];
      switch (state) {
        case FIELD_START:
          this.lineStart = base + at;
          if (byte === CR) {
            state = LAST_LF;
            break;
          }
          if (TOKEN[byte] === 0)
            this.refuse(byte === SP || byte === HTAB ? 'folded-line' : fieldStart(byte), base + at);
          if (places.length === limits.fieldsMax * 4) this.tooMuch('field-count');
          places.push(base + at);
          state = NAME;
          break;
        case NAME:
          while (at < limit && TOKEN[bytes[at]] === 1) at++;
          if (at === limit) continue;
          if (bytes[at] !== COLON) this.refuse('field-name', base + at);
          places.push(base + at);
          state = BEFORE_VALUE;
          break;
        case BEFORE_VALUE:
          if (byte === SP || byte === HTAB) break;
          places.push(base + at);
          state = FIELD_VALUE;
          continue;
        case FIELD_VALUE:
          while (at < limit && VALUE[bytes[at]] === 1) at++;
          if (at === limit) continue;
          if (bytes[at] !== CR) this.refuse(bytes[at] === LF ? 'line-end' : 'field-value', base + at);
          places.push(base + at);
          state = LINE_END;
          break;
        case LINE_END:
          if (byte !== LF) this.refuse('line-end', base + at);
          if (base + at + 1 - this.lineStart > limits.lineBytesMax) this.tooMuch('line-bytes');
          state = FIELD_START;
          break;
        case LAST_LF:
          if (byte !== LF) this.refuse('line-end', base + at);
          this.complete(bytes, from, at + 1);
          return at + 1;
        default:
          state = this.statusLine(state, byte, base + at);
          if (state === REASON) {
            at++;
            while (at < limit && VALUE[bytes[at]] === 1) at++;
            continue;
          }
      }
      at++;
    }
    if (base + at - this.lineStart > limits.lineBytesMax) this.tooMuch('line-bytes');
    if (limit < to) this.tooMuch('head-bytes');
    this.state = state;
    this.keep(bytes, from, to);
    return -1;
  }

  /** One byte of the status line: it is short, and only its reason phrase can be long. */
  private statusLine(state: number, byte: number, place: number): number {
    switch (state) {
      case VERSION:
        if (byte !== PREFIX[this.matched]) this.refuse('version', place);
        return ++this.matched === PREFIX.length ? MINOR : VERSION;
      case MINOR:
        if (byte !== 0x30 && byte !== 0x31) this.refuse('version', place);
        this.minor = byte - 0x30;
        return BEFORE_STATUS;
      case BEFORE_STATUS:
        if (byte !== SP) this.refuse('version', place);
        this.matched = 0;
        return STATUS;
      case STATUS:
        if (byte < 0x30 || byte > 0x39) this.refuse('status', place);
        this.status = this.status * 10 + byte - 0x30;
        if (++this.matched < 3) return STATUS;
        if (this.status < 100 || this.status > 599) this.refuse('status', place);
        return AFTER_STATUS;
      case AFTER_STATUS:
        this.reasonStart = this.reasonEnd = place + 1;
        if (byte === CR) return LINE_END;
        if (byte !== SP) this.refuse('status', place);
        return REASON;
      default:
        // The byte that ended the reason phrase.
        if (VALUE[byte] === 1) return REASON;
        if (byte !== CR) this.refuse(byte === LF ? 'line-end' : 'reason-phrase', place);
        this.reasonEnd = place;
        return LINE_END;
    }
  }

  private complete(bytes: Buffer, from: number, end: number): void {
    if (this.kept === null) this.text = bytes.toString('latin1', from, end);
    else {
      this.keep(bytes, from, end);
      this.text = this.kept.toString('latin1', 0, this.keptBytes);
      this.kept = null;
    }
    this.keptBytes = 0;
  }

  private keep(bytes: Buffer, from: number, to: number): void {
    const needed = this.keptBytes + to - from;
    if (this.kept === null || this.kept.length < needed) {
      const larger = Buffer.allocUnsafe(Math.min(Math.max(needed * 2, 512), this.limits.headBytesMax));
      if (this.kept !== null) this.kept.copy(larger, 0, 0, this.keptBytes);
      this.kept = larger;
    }
    bytes.copy(this.kept, this.keptBytes, from, to);
    this.keptBytes = needed;
  }

  /** @param place of the byte that is wrong: in a line that is too long already, it is not what is said of it */
  private refuse(reason: MalformedReason, place: number): never {
    if (place - this.lineStart > this.limits.lineBytesMax) this.tooMuch('line-bytes');
    throw new MalformedResponse(reason);
  }

  private tooMuch(reason: OversizeReason): never {
    throw new MalformedResponse(reason, this.inHead);
  }
}

function fieldStart(byte: number): MalformedReason {
  return byte === LF ? 'line-end' : 'field-name';
}
