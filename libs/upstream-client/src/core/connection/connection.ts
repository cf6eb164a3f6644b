import type { Socket } from 'node:net';
import type { DeadlineLine } from '../deadlines/deadlines.js';
import { MalformedResponse } from '../parsing/malformed.js';
import type { ResponseHead } from '../parsing/response-head.js';
import { ResponseReader, type ResponseSink } from '../parsing/response-reader.js';
import type { UpstreamErrorCode } from '../upstream-error.js';
import type { ConnectionSetting } from './connection-setting.js';
import { PhaseClock, timeoutOf, type Phase } from './phase-clock.js';
import { ReadBuffer } from './read-buffer.js';
import { RequestSender, type RequestSenderListener } from './request-sender.js';
import type { ExchangeHolder, RunningExchange } from './running-exchange.js';
import { listenTo, type SocketListener } from './socket-listener.js';
import { afterReading } from './after-reading.js';
import { readAsStream } from './stream-reading.js';

const OPENING = 0;
const IDLE = 1;
const BUSY = 2;
const CLOSED = 3;
/** Another protocol is spoken on it, by its receiver. */
const HANDED_OVER = 4;

/** One connection to an upstream, and at most one exchange on it. */
export class Connection implements ExchangeHolder, ResponseSink, RequestSenderListener, SocketListener {
  /** `performance.now()` up to which it may be used again. */
  idleUntil = Infinity;
  /** Seconds of the `Keep-Alive` that its upstream last sent; -1 when it did not. */
  keepAliveSeconds = -1;
  private readonly clock = new PhaseClock((phase) => this.onDeadline(phase));
  private readonly socket: Socket;
  private readonly reader: ResponseReader;
  private readonly buffer: ReadBuffer | null;
  private state = OPENING;
  private exchange: RunningExchange | null;
  private readonly sender: RequestSender;
  /** The final response head has come. */
  private answered = false;
  private startedAt = 0;
  private persistent = false;
  private paused = false;
  private readonly stopReading: (() => void) | null = null;

  /** Opens it. @param dedicated for an upgrade: it is read as a stream, and never used again */
  constructor(
    private readonly setting: ConnectionSetting,
    exchange: RunningExchange,
    readonly dedicated: boolean,
  ) {
    this.exchange = exchange;
    exchange.holder = this;
    this.reader = new ResponseReader(setting.limits, this);
    this.buffer = dedicated ? null : new ReadBuffer(setting.buffers);
    this.socket = setting.connector.open(dedicated ? null : this.readInto());
    this.sender = new RequestSender(this.socket, setting.traffic, this);
    listenTo(this.socket, setting.connector.secure, this);
    if (dedicated) this.stopReading = readAsStream(this.socket, (bytes) => this.onBytes(bytes, bytes.length));
    this.clock.wait('connect', setting.connectTimeout);
  }

  /** Sends an exchange over an idle connection. @param now milliseconds of `performance.now()` */
  start(exchange: RunningExchange, now: number): void {
    this.exchange = exchange;
    exchange.holder = this;
    this.state = BUSY;
    this.clock.stop();
    this.answered = this.paused = false;
    const { request, handler } = exchange;
    this.startedAt = now;
    handler.onConnected?.(now);
    this.reader.begin(request.method, request.upgrade !== '');
    this.sender.send(request, exchange.head);
  }

  /** It carries nothing, and is there. */
  get resting(): boolean {
    return this.state === IDLE;
  }

  /** The kernel has taken all that was sent. TLS tells so a turn of the event loop late. */
  get flushed(): boolean {
    return this.socket.writableLength === 0;
  }

  /** Whether it looks as if an exchange could go over it. */
  usable(now: number): boolean {
    const { socket } = this;
    if (this.state !== IDLE || now >= this.idleUntil || socket.destroyed) return false;
    return socket.readable && socket.writable && this.setting.connector.leadsTo(socket.remoteAddress);
  }

  /** An exchange is on it, or waits for it to open. */
  get busy(): boolean {
    return this.exchange !== null;
  }

  /** Waits for the next exchange. */
  rest(line: DeadlineLine | null): void {
    this.clock.wait('keep-alive', line);
  }

  /** Ends it, and says nothing to the exchange on it. */
  close(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.clock.stop();
    this.reader.stop();
    this.sender.stop();
    this.exchange = null;
    this.setting.onClosing(this);
    this.socket.destroy();
  }

  fail(code: UpstreamErrorCode, reason = '', cause?: unknown): void {
    const { exchange } = this;
    this.close();
    exchange?.fail(code, reason, cause);
  }

  abandon(): void {
    this.close();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.clock.wait('body', this.setting.idleTimeout);
    this.socket.resume();
  }

  private onDeadline(phase: Phase): void {
    if (phase === 'expect') this.sender.release();
    else if (phase === 'keep-alive') this.close();
    else this.fail(...timeoutOf[phase]);
  }

  // What the socket says.

  private readInto(): { buffer: () => Buffer; callback: (count: number, bytes: Uint8Array) => boolean } {
    return {
      // Asked for the first time by the constructor of the socket.
      buffer: () => (this.buffer as ReadBuffer).next(this.state === BUSY && this.answered && !this.paused),
      callback: (count, bytes) => this.onBytes(bytes as Buffer, count),
    };
  }

  onDrain(): void {
    this.sender.drained();
  }

  onSocketClose(): void {
    if (this.state === HANDED_OVER) return;
    this.fail(this.state === OPENING ? 'connect-failed' : 'reset', this.doing());
    this.buffer?.giveBack();
    this.setting.onGone(this);
  }

  onSocketError(error: Error, opening: UpstreamErrorCode): void {
    if (this.state === OPENING) this.fail(opening, 'opening', error);
    else if (this.state !== HANDED_OVER) this.fail('reset', this.doing(), error);
  }

  /** Gives what has come already a chance to be the answer. */
  onWriteFailure(error: Error): boolean {
    if (this.state !== BUSY || this.sender.sent) return false;
    this.sender.stop();
    afterReading(() => {
      if (this.state === BUSY) this.fail('reset', this.doing(), error);
    });
    return true;
  }

  onOpen(): void {
    if (this.state === OPENING && this.exchange !== null) this.start(this.exchange, performance.now());
  }

  /** @returns false to read no more for now */
  private onBytes(bytes: Buffer, count: number): boolean {
    this.setting.traffic.bytesReceived += count;
    this.buffer?.filled(count);
    // Nobody asked: whatever it is, the next exchange must not get it.
    if (this.state !== BUSY) this.fail('malformed', 'unasked');
    try {
      this.reader.read(bytes, 0, count);
    } catch (error) {
      if (!(error instanceof MalformedResponse)) {
        if (this.exchange !== null) this.exchange.over = true;
        this.close();
        throw error;
      }
      this.fail(error.tooLarge ? 'head-too-large' : 'malformed', error.reason);
    }
    if (this.state === BUSY && this.answered && !this.paused) this.clock.wait('body', this.setting.idleTimeout);
    return !this.paused;
  }

  onEof(): void {
    if (this.state === HANDED_OVER) return;
    if (this.state === BUSY) {
      this.persistent = false;
      if (!this.reader.close()) this.fail('reset', this.doing());
    }
    this.close();
  }

  /** For an error: how far the exchange had come. */
  private doing(): string {
    if (this.answered) return 'body';
    return this.reader.headBegun ? 'head' : 'waiting';
  }

  // How far the request is.

  onRequestSent(): void {
    if (this.answered) return;
    // Without a body that was a moment ago.
    const since = this.exchange?.request.body === null ? this.startedAt : performance.now();
    this.clock.wait('head', this.setting.headersTimeout, since);
  }

  onExpecting(byUs: boolean): void {
    if (byUs) this.clock.wait('expect', this.setting.expectTimeout);
    else this.clock.wait('head', this.setting.headersTimeout);
  }

  onRequestFlowing(): void {
    // While its owner gives the body, the time is the owner's. That to the head counts from the end of the request.
    if (!this.answered) this.clock.stop();
  }

  onRequestBlocked(): void {
    if (!this.answered) this.clock.wait('send', this.setting.idleTimeout);
  }

  onRequestFailure(reason: string, cause?: unknown): void {
    this.fail('request-failed', reason, cause);
  }

  // The response.

  onInterim({ status, headers }: ResponseHead): void {
    if (status === 100) this.sender.release();
    this.exchange?.handler.onInformation(status, headers);
  }

  onFinal(head: ResponseHead): void {
    this.answered = true;
    this.persistent = head.persistent;
    this.keepAliveSeconds = head.keepAliveSeconds;
    // RFC 9112 section 9.6: it will read no more of a body that it has refused.
    if (!head.persistent && head.status >= 400) this.sender.stop();
    this.exchange?.handler.onHead(head.status, head.statusText, head.headers);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    const { exchange, buffer } = this;
    if (exchange === null) return;
    const { handler } = exchange;
    let more: boolean;
    if (buffer === null) more = handler.onData(bytes.subarray(start, end));
    else {
      const chunk = buffer.chunk(bytes, start, end, handler.leasesChunks === true);
      more = handler.onData(chunk, buffer.lease);
    }
    if (more || exchange.over) return;
    this.paused = true;
    this.clock.stop();
  }

  onComplete(trailers: string[], excess: number): void {
    const { exchange } = this;
    if (exchange === null) return;
    this.exchange = null;
    exchange.over = true;
    if (excess === 0 && this.persistent && this.sender.sent && !this.dedicated) this.release();
    else this.close();
    exchange.handler.onEnd(trailers);
  }

  private release(): void {
    this.state = IDLE;
    this.clock.stop();
    // The last chunk may have asked for a pause, which has not begun.
    this.paused = false;
    this.setting.onReusable(this);
  }

  onSwitch({ status, headers }: ResponseHead, bytes: Buffer, from: number, to: number): void {
    const { exchange, socket } = this;
    if (exchange === null) return;
    this.state = HANDED_OVER;
    this.exchange = null;
    exchange.over = true;
    this.clock.stop();
    this.stopReading?.();
    this.setting.onHandedOver(this);
    if (to > from) socket.unshift(bytes.subarray(from, to));
    exchange.handler.onUpgrade(status, headers, socket);
  }
}
