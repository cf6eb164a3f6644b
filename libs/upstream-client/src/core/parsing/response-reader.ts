import { ChunkedDecoder } from './chunked.decoder.js';
import { fieldList } from './field-list.js';
import { LineScanner } from './line-scanner.js';
import { MalformedResponse } from './malformed.js';
import type { ParserLimits } from './parser-limits.js';
import { readHead, type ResponseHead } from './response-head.js';

/** Hears what a {@link ResponseReader} reads. It may call `stop()` or `begin()` of the reader from within. */
export interface ResponseSink {
  onInterim(head: ResponseHead): void;
  onFinal(head: ResponseHead): void;
  /** Bytes of the body, in the buffer that was given to `read()`. They are there until that is filled again. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** @param excess bytes that came behind the end: none, if the upstream keeps to its framing */
  onComplete(trailers: string[], excess: number): void;
  /** What stands in `bytes` behind `from` is not HTTP any more. */
  onSwitch(head: ResponseHead, bytes: Buffer, from: number, to: number): void;
}

const STOPPED = 0;
const HEAD = 1;
const COUNTED = 2;
const CHUNKED = 3;
const TRAILERS = 4;
const UNTIL_CLOSE = 5;

/** Reads one response after the other from the bytes of a connection, cut anywhere. */
export class ResponseReader {
  private state = STOPPED;
  private left = 0;
  private interim = 0;
  private toHead = false;
  private mayUpgrade = false;
  /** An interim response said that the connection ends. */
  private closes = false;
  private readonly lines: LineScanner;
  private readonly chunks: ChunkedDecoder;

  constructor(
    private readonly limits: ParserLimits,
    private readonly sink: ResponseSink,
  ) {
    this.lines = new LineScanner(limits);
    this.chunks = new ChunkedDecoder(limits);
  }

  /** A request is about to be sent. */
  begin(method: string, mayUpgrade: boolean): void {
    this.state = HEAD;
    this.interim = 0;
    this.closes = false;
    this.toHead = method === 'HEAD';
    this.mayUpgrade = mayUpgrade;
    this.lines.beginHead();
  }

  /** No response is wanted any more. */
  stop(): void {
    this.state = STOPPED;
  }

  /** Part of the head of a response, interim ones included, has come. */
  get headBegun(): boolean {
    return this.state > HEAD || this.interim > 0 || !this.lines.untouched;
  }

  /** @throws MalformedResponse */
  read(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (this.state !== STOPPED) {
      // Only a body that is empty ends without a byte.
      if (at === to && !(this.state === COUNTED && this.left === 0)) return;
      switch (this.state) {
        case HEAD:
          at = this.readHead(bytes, at, to);
          break;
        case COUNTED:
          at = this.readCounted(bytes, at, to);
          break;
        case CHUNKED:
          at = this.readChunks(bytes, at, to);
          break;
        case TRAILERS:
          at = this.readTrailers(bytes, at, to);
          break;
        default:
          this.sink.onBody(bytes, at, to);
          return;
      }
      if (at < 0) return;
    }
  }

  /**
   * The connection has ended.
   * @returns whether that completed the response, which the sink was told then
   */
  close(): boolean {
    if (this.state !== UNTIL_CLOSE) return false;
    this.state = STOPPED;
    this.sink.onComplete([], 0);
    return true;
  }

  /** @returns where to go on, or a negative number for nowhere */
  private readHead(bytes: Buffer, from: number, to: number): number {
    const at = this.lines.scan(bytes, from, to);
    if (at < 0) return at;
    const head = readHead(this.lines);
    const { status } = head;
    if (status < 200) return this.readInterim(head, bytes, at, to);
    if (this.closes) head.persistent = false;
    // Whatever its fields say (RFC 9112 section 6.3).
    const bodiless = this.toHead || status === 204 || status === 304;
    if (head.chunked && !bodiless) {
      this.chunks.begin();
      this.state = CHUNKED;
    } else if (head.contentLength >= 0 || bodiless) {
      this.left = bodiless ? 0 : head.contentLength;
      this.state = COUNTED;
    } else this.state = UNTIL_CLOSE;
    this.sink.onFinal(head);
    return at;
  }

  private readInterim(head: ResponseHead, bytes: Buffer, at: number, to: number): number {
    if (head.status === 101) {
      if (!this.mayUpgrade || head.upgrade === '') throw new MalformedResponse('upgrade');
      this.state = STOPPED;
      this.sink.onSwitch(head, bytes, at, to);
      return -1;
    }
    // HTTP/1.0 has none, and other parsers take the end of its connection for said.
    if (this.lines.minor === 0) throw new MalformedResponse('version');
    if (++this.interim > this.limits.interimMax) throw new MalformedResponse('interim-count');
    if (!head.persistent) this.closes = true;
    this.lines.beginHead();
    this.sink.onInterim(head);
    return at;
  }

  private readCounted(bytes: Buffer, from: number, to: number): number {
    const end = Math.min(to, from + this.left);
    if (end > from) {
      this.left -= end - from;
      this.sink.onBody(bytes, from, end);
      // Aborted from within; left, it is somebody else's state.
      if (this.state !== COUNTED) return -1;
    }
    if (this.left > 0) return -1;
    this.state = STOPPED;
    this.sink.onComplete([], to - end);
    return -1;
  }

  private readChunks(bytes: Buffer, from: number, to: number): number {
    const { chunks } = this;
    const at = chunks.decode(bytes, from, to);
    if (chunks.ended) {
      this.lines.beginTrailers();
      this.state = TRAILERS;
    }
    const { state } = this;
    if (chunks.dataBytes > 0) this.sink.onBody(bytes, chunks.dataStart, chunks.dataStart + chunks.dataBytes);
    return this.state === state ? at : -1;
  }

  private readTrailers(bytes: Buffer, from: number, to: number): number {
    const at = this.lines.scan(bytes, from, to);
    if (at < 0) return at;
    const trailers = fieldList(this.lines);
    for (let i = 0; i < trailers.length; i += 2) {
      // Whoever merged them into the head would frame the message anew.
      if (trailers[i] === 'content-length' || trailers[i] === 'transfer-encoding') {
        throw new MalformedResponse('framing');
      }
    }
    this.state = STOPPED;
    this.sink.onComplete(trailers, to - at);
    return -1;
  }
}
