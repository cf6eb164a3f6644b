import type { Readable } from 'node:stream';
import type { Socket } from 'node:net';
import type { UpstreamRequest } from '../upstream-client.js';
import { lastChunk } from '../writing/request-head.js';
import { UnwritableRequest } from '../writing/unwritable-request.js';

/** Chunks up to this size are copied behind their size line; larger ones are written beside it. */
const COPY_BYTES_MAX = 16_384;

/** Hears how the sending of a body goes. */
export interface BodySenderListener {
  /** Bytes went to the socket, framing included. */
  onBodySent(bytes: number): void;
  /** The socket takes no more; `drained()` is to be called when it does. */
  onBodyBlocked(): void;
  onBodyEnd(): void;
  /** @param reason stable */
  onBodyFailure(reason: string, cause?: unknown): void;
}

/** Sends a streamed body as fast as the socket takes it. */
export class BodySender {
  private sent = 0;
  private readonly body: Readable;
  private readonly declared: number;
  private over = false;

  constructor(
    private readonly socket: Socket,
    private readonly request: UpstreamRequest,
    body: Readable,
    private readonly listener: BodySenderListener,
  ) {
    this.body = body;
    this.declared = request.bodyBytes;
    body.on('data', this.onData);
    body.on('end', this.onEnd);
    body.on('error', this.onError);
    body.on('close', this.onClose);
    if (body.readableEnded) process.nextTick(this.onEnd);
    else if (body.destroyed) process.nextTick(this.onClose);
    // The owner may have paused it, or somebody who had it before.
    body.resume();
  }

  /** The socket takes more. */
  drained(): void {
    if (!this.over) this.body.resume();
  }

  /** Nothing more is sent. The body is left as it is, to its owner. */
  stop(): void {
    if (this.over) return;
    this.over = true;
    const { body } = this;
    body.off('data', this.onData);
    body.off('end', this.onEnd);
    body.off('close', this.onClose);
    // An error that still comes is the owner's affair, but must not bring the process down.
    body.off('error', this.onError);
    body.on('error', ignore);
    body.pause();
  }

  private readonly onData = (chunk: Uint8Array | string): void => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const { byteLength } = bytes;
    if (byteLength === 0) return;
    this.sent += byteLength;
    if (this.declared >= 0 && this.sent > this.declared) {
      this.fail('body-too-long');
      return;
    }
    if (this.write(bytes, byteLength)) return;
    this.body.pause();
    this.listener.onBodyBlocked();
  };

  private readonly onEnd = (): void => {
    if (this.over) return;
    if (this.declared >= 0) {
      if (this.sent < this.declared) this.fail('body-too-short');
      else this.finish();
      return;
    }
    let end: string;
    try {
      end = lastChunk(this.request.trailers?.() ?? []);
    } catch (error) {
      this.fail(error instanceof UnwritableRequest ? `trailer-${error.reason}` : 'trailers', error);
      return;
    }
    this.listener.onBodySent(end.length);
    this.socket.write(end, 'latin1');
    this.finish();
  };

  private readonly onError = (error: Error): void => this.fail('body-failed', error);

  private readonly onClose = (): void => this.fail('body-cut');

  private write(bytes: Uint8Array, byteLength: number): boolean {
    const { socket } = this;
    if (this.declared >= 0) {
      this.listener.onBodySent(byteLength);
      return socket.write(bytes);
    }
    const size = `${byteLength.toString(16)}\r\n`;
    this.listener.onBodySent(byteLength + size.length + 2);
    if (byteLength <= COPY_BYTES_MAX) {
      const framed = Buffer.allocUnsafe(byteLength + size.length + 2);
      framed.write(size, 0, 'latin1');
      framed.set(bytes, size.length);
      framed.write('\r\n', byteLength + size.length, 'latin1');
      return socket.write(framed);
    }
    socket.cork();
    socket.write(size, 'latin1');
    socket.write(bytes);
    const more = socket.write('\r\n', 'latin1');
    socket.uncork();
    return more;
  }

  private finish(): void {
    this.stop();
    this.listener.onBodyEnd();
  }

  private fail(reason: string, cause?: unknown): void {
    if (this.over) return;
    this.stop();
    this.listener.onBodyFailure(reason, cause);
  }
}

function ignore(): void {
  // See stop().
}
