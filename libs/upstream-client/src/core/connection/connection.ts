import type { Socket } from 'node:net';
import type { DeadlineLine, DeadlineTask } from '../deadlines/deadlines.js';
import { MalformedResponse } from '../parsing/malformed.js';
import type { ParserLimits } from '../parsing/parser-limits.js';
import type { ResponseHead } from '../parsing/response-head.js';
import { ResponseReader, type ResponseSink } from '../parsing/response-reader.js';
import type { UpstreamErrorCode } from '../upstream-error.js';
import { BodySender, type BodySenderListener } from './body-sender.js';
import type { Connector } from './connector.js';
import { SMALL_READ_BYTES, type LargeBuffers } from './large-buffers.js';
import { ReadBuffer } from './read-buffer.js';
import type { ExchangeHolder, RunningExchange } from './running-exchange.js';
import { openingFailure } from './socket-errors.js';
import { readAsStream } from './stream-reading.js';

/** Bodies up to this size leave in one buffer with their head. */
const ONE_WRITE_BYTES_MAX = 16_384;

const OPENING = 0;
const IDLE = 1;
const BUSY = 2;
const CLOSED = 3;
/** Another protocol is spoken on it, by its receiver. */
const HANDED_OVER = 4;

/** Which time is running out. */
type Phase = 'connect' | 'expect' | 'send' | 'head' | 'body' | 'keep-alive';

/** What a connection is told, and whom it tells. One for all connections of a target. */
export interface ConnectionSetting {
  readonly connector: Connector;
  readonly limits: ParserLimits;
  readonly buffers: LargeBuffers;
  readonly connectTimeout: DeadlineLine | null;
  readonly headersTimeout: DeadlineLine | null;
  readonly idleTimeout: DeadlineLine | null;
  readonly expectTimeout: DeadlineLine | null;
  readonly traffic: { bytesSent: number; bytesReceived: number };
  /** The exchange is over on both sides, and the connection as it was before. @param certain nothing can have come behind the response */
  onReusable(connection: Connection, certain: boolean): void;
  /** It carries nothing from now on. */
  onClosing(connection: Connection): void;
  /** Its socket is closed. */
  onGone(connection: Connection): void;
  /** It became the property of a receiver. */
  onHandedOver(connection: Connection): void;
}

/** One connection to an upstream, and at most one exchange on it. */
export class Connection implements DeadlineTask, ExchangeHolder, ResponseSink, BodySenderListener {
  queue: DeadlineLine | null = null;
  previous: DeadlineTask | null = null;
  next: DeadlineTask | null = null;
  dueAt = 0;
  /** `performance.now()` up to which it may be used again. */
  idleUntil = Infinity;
  /** Turns of the event loop that it still has to stay silent before it may be used again. */
  silentTurns = 0;
  /** Seconds of the `Keep-Alive` that its upstream last sent; -1 when it did not. */
  keepAliveSeconds = -1;
  private readonly socket: Socket;
  private readonly reader: ResponseReader;
  private readonly buffer: ReadBuffer | null;
  private state = OPENING;
  private phase: Phase = 'connect';
  private exchange: RunningExchange | null;
  private sender: BodySender | null = null;
  /** The whole of the request was given to the socket. */
  private requestSent = false;
  /** The final response head has come. */
  private answered = false;
  private persistent = false;
  private paused = false;
  /** The last read filled its buffer: the kernel may have more. */
  private filled = false;
  /** The last read brought enough to read the next into a large buffer. */
  private much = false;
  private stopReading: (() => void) | null = null;

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
    this.listen();
    this.wait('connect', setting.connectTimeout);
  }

  /** Sends an exchange over an idle connection. */
  start(exchange: RunningExchange): void {
    this.exchange = exchange;
    exchange.holder = this;
    this.state = BUSY;
    this.queue?.remove(this);
    this.requestSent = this.answered = this.paused = false;
    const { request } = exchange;
    this.reader.begin(request.method, request.upgrade !== '');
    this.sendRequest(exchange);
  }

  /** Whether it looks as if an exchange could go over it. */
  usable(now: number): boolean {
    const { socket } = this;
    return this.state === IDLE && now < this.idleUntil && socket.readable && socket.writable && !socket.destroyed;
  }

  /** An exchange is on it, or waits for it to open. */
  get busy(): boolean {
    return this.exchange !== null;
  }

  get remoteAddress(): string | undefined {
    return this.socket.remoteAddress;
  }

  /** Waits for the next exchange. */
  rest(line: DeadlineLine | null): void {
    this.wait('keep-alive', line);
  }

  /** Ends it, and says nothing to the exchange on it. */
  close(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.queue?.remove(this);
    this.reader.stop();
    this.sender?.stop();
    this.sender = null;
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
    this.wait('body', this.setting.idleTimeout);
    this.socket.resume();
  }

  expire(): void {
    // Only exchanges that wait for a connection have a deadline of their own.
  }

  onDeadline(): void {
    switch (this.phase) {
      case 'connect':
        this.fail('connect-timeout', 'opening');
        break;
      case 'expect':
        this.sendHeldBody();
        break;
      case 'send':
        this.fail('idle-timeout', 'sending');
        break;
      case 'head':
        this.fail('headers-timeout');
        break;
      case 'body':
        this.fail('idle-timeout', 'receiving');
        break;
      case 'keep-alive':
        this.close();
        break;
    }
  }

  // What the socket says.

  private readInto(): { buffer: () => Buffer; callback: (count: number, bytes: Uint8Array) => boolean } {
    return {
      // Asked for the first time by the constructor of the socket.
      buffer: () => (this.buffer as ReadBuffer).next(this.much && this.state === BUSY && this.answered && !this.paused),
      callback: (count, bytes) => {
        this.filled = count === bytes.byteLength;
        this.much = count >= SMALL_READ_BYTES;
        return this.onBytes(bytes as Buffer, count);
      },
    };
  }

  private listen(): void {
    const { socket, setting } = this;
    let connected = false;
    socket.on('connect', () => {
      connected = true;
      if (!setting.connector.secure) this.onOpen();
    });
    if (setting.connector.secure) socket.on('secureConnect', () => this.onOpen());
    if (this.dedicated) this.stopReading = readAsStream(socket, (bytes) => this.onBytes(bytes, bytes.length));
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onEof());
    socket.on('error', (error) => this.onSocketError(error, connected));
    socket.on('close', () => {
      if (this.state === HANDED_OVER) return;
      this.fail(this.state === OPENING ? 'connect-failed' : 'reset', this.doing());
      this.buffer?.giveBack();
      setting.onGone(this);
    });
  }

  private onSocketError(error: Error, connected: boolean): void {
    if (this.state === OPENING) this.fail(openingFailure(error, connected), 'opening', error);
    else if (this.state !== HANDED_OVER) this.fail('reset', this.doing(), error);
  }

  private onOpen(): void {
    const { exchange } = this;
    if (this.state === CLOSED || exchange === null) return;
    this.start(exchange);
  }

  /** @returns false to read no more for now */
  private onBytes(bytes: Buffer, count: number): boolean {
    this.setting.traffic.bytesReceived += count;
    if (this.state !== BUSY) {
      // Nobody asked: whatever it is, the next exchange must not get it.
      this.close();
      return true;
    }
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
    if (this.state === BUSY && this.answered && !this.paused) this.wait('body', this.setting.idleTimeout);
    return !this.paused;
  }

  private onEof(): void {
    if (this.state === HANDED_OVER) return;
    if (this.state === BUSY) {
      this.persistent = false;
      if (!this.reader.close()) this.fail('reset', this.doing());
    }
    this.close();
  }

  private onDrain(): void {
    if (this.sender === null) return;
    if (this.phase === 'send') this.queue?.remove(this);
    this.sender.drained();
  }

  /** For an error: how far the exchange had come. */
  private doing(): string {
    if (this.answered) return 'body';
    return this.reader.headBegun ? 'head' : 'waiting';
  }

  // The request.

  private sendRequest({ request, head }: RunningExchange): void {
    const { socket, setting } = this;
    const { body } = request;
    setting.traffic.bytesSent += head.length;
    if (body instanceof Uint8Array && !request.expectsContinue && body.byteLength <= ONE_WRITE_BYTES_MAX) {
      const whole = Buffer.allocUnsafe(head.length + body.byteLength);
      whole.write(head, 0, 'latin1');
      whole.set(body, head.length);
      setting.traffic.bytesSent += body.byteLength;
      socket.write(whole);
      this.onBodyEnd();
      return;
    }
    if (body === null) {
      socket.write(head, 'latin1');
      this.onBodyEnd();
    } else if (!(body instanceof Uint8Array)) {
      socket.write(head, 'latin1');
      this.sender = new BodySender(socket, request, body, this);
      if (request.expectsContinue) this.wait('head', setting.headersTimeout);
    } else if (request.expectsContinue) {
      socket.write(head, 'latin1');
      this.wait('expect', setting.expectTimeout);
    } else {
      socket.cork();
      socket.write(head, 'latin1');
      this.sendWhole(body);
      socket.uncork();
    }
  }

  /** Sends the body that waited for a 100. */
  private sendHeldBody(): void {
    const body = this.exchange?.request.body;
    if (this.requestSent || this.answered || !(body instanceof Uint8Array)) return;
    this.sendWhole(body);
  }

  private sendWhole(body: Uint8Array): void {
    this.setting.traffic.bytesSent += body.byteLength;
    // A write of nothing makes TLS read, in the middle of whatever called this.
    if (body.byteLength > 0) this.socket.write(body);
    this.onBodyEnd();
  }

  onBodySent(bytes: number): void {
    this.setting.traffic.bytesSent += bytes;
    // The client went on without waiting for 100: the time to the head counts from the end of the request again.
    if (this.phase === 'head' && this.queue !== null) this.queue.remove(this);
  }

  onBodyBlocked(): void {
    if (!this.answered) this.wait('send', this.setting.idleTimeout);
  }

  onBodyEnd(): void {
    this.requestSent = true;
    this.sender = null;
    if (!this.answered) this.wait('head', this.setting.headersTimeout);
  }

  onBodyFailure(reason: string, cause?: unknown): void {
    this.fail('request-failed', reason, cause);
  }

  // The response.

  onInterim({ status, headers }: ResponseHead): void {
    if (status === 100 && this.phase === 'expect') this.sendHeldBody();
    this.exchange?.handler.onInformation(status, headers);
  }

  onFinal(head: ResponseHead): void {
    this.answered = true;
    this.persistent = head.persistent;
    this.keepAliveSeconds = head.keepAliveSeconds;
    // RFC 9112 section 9.6: it will read no more of a body that it has refused.
    if (!head.persistent && head.status >= 400) this.sender?.stop();
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
    this.queue?.remove(this);
  }

  onComplete(trailers: string[], excess: number): void {
    const { exchange } = this;
    if (exchange === null) return;
    this.exchange = null;
    exchange.over = true;
    if (excess === 0 && this.persistent && this.requestSent && !this.dedicated && this.socket.writableLength === 0) {
      this.release();
    } else this.close();
    exchange.handler.onEnd(trailers);
  }

  private release(): void {
    this.state = IDLE;
    this.queue?.remove(this);
    // The last chunk may have asked for a pause, which has not begun.
    this.paused = false;
    // There may be bytes behind the end that nobody has seen: when the buffer was filled to its end, when TLS holds
    // another record, or when an upstream sends the body of a response that has none.
    this.setting.onReusable(this, !this.filled && !this.reader.bodiless && !this.setting.connector.secure);
  }

  onSwitch({ status, headers }: ResponseHead, bytes: Buffer, from: number, to: number): void {
    const { exchange, socket } = this;
    if (exchange === null) return;
    this.state = HANDED_OVER;
    this.exchange = null;
    exchange.over = true;
    this.queue?.remove(this);
    this.stopReading?.();
    this.setting.onHandedOver(this);
    if (to > from) socket.unshift(bytes.subarray(from, to));
    exchange.handler.onUpgrade(status, headers, socket);
  }

  private wait(phase: Phase, line: DeadlineLine | null): void {
    this.phase = phase;
    if (line !== null) line.add(this, performance.now());
    else this.queue?.remove(this);
  }
}
