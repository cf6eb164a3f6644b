import type { Socket } from 'node:net';
import type { UpstreamRequest } from '../upstream-client.js';
import { BodySender, type BodySenderListener } from './body-sender.js';

/** Bodies up to this size leave in one buffer with their head. */
const ONE_WRITE_BYTES_MAX = 16_384;

/** Hears how far a request is. */
export interface RequestSenderListener {
  /** The whole of it was given to the socket. */
  onRequestSent(): void;
  /** The head was; the body waits for `100 Continue`. @param byUs and we hold it, not its owner */
  onExpecting(byUs: boolean): void;
  /** Its body goes on. */
  onRequestFlowing(): void;
  /** The socket takes no more of its body for now. */
  onRequestBlocked(): void;
  onRequestFailure(reason: string, cause?: unknown): void;
}

/** Sends the requests of a connection, one after the other: head and small body in one write. */
export class RequestSender implements BodySenderListener {
  /** Nothing of the last request is left to be given to the socket. */
  sent = false;
  private sender: BodySender | null = null;
  /** A whole body that waits for `100 Continue`. */
  private held: Uint8Array | null = null;
  /** The owner of a streamed body waits for `100 Continue`, as far as we know. */
  private expecting = false;

  constructor(
    private readonly socket: Socket,
    private readonly traffic: { bytesSent: number },
    private readonly listener: RequestSenderListener,
  ) {}

  /** @param head its head, as requestHead() made it */
  send(request: UpstreamRequest, head: string): void {
    const { socket } = this;
    const { body, expectsContinue } = request;
    this.sent = this.expecting = false;
    this.traffic.bytesSent += head.length;
    if (body === null) {
      socket.write(head, 'latin1');
      this.onBodyEnd();
    } else if (!(body instanceof Uint8Array)) {
      socket.write(head, 'latin1');
      this.sender = new BodySender(socket, request, body, this);
      this.expecting = expectsContinue;
      if (expectsContinue) this.listener.onExpecting(false);
    } else if (expectsContinue) {
      socket.write(head, 'latin1');
      this.held = body;
      this.listener.onExpecting(true);
    } else if (body.byteLength <= ONE_WRITE_BYTES_MAX) {
      const whole = Buffer.allocUnsafe(head.length + body.byteLength);
      whole.write(head, 0, 'latin1');
      whole.set(body, head.length);
      this.traffic.bytesSent += body.byteLength;
      socket.write(whole);
      this.onBodyEnd();
    } else {
      socket.cork();
      socket.write(head, 'latin1');
      this.sendWhole(body);
      socket.uncork();
    }
  }

  /** The upstream said 100, or has had time enough to. */
  release(): void {
    const { held } = this;
    this.held = null;
    if (held !== null) this.sendWhole(held);
    else if (this.expecting) {
      this.expecting = false;
      this.listener.onRequestFlowing();
    }
  }

  /** The socket takes more. */
  drained(): void {
    if (this.sender === null) return;
    this.listener.onRequestFlowing();
    this.sender.drained();
  }

  /** What was not sent yet never is. */
  stop(): void {
    this.held = null;
    this.expecting = false;
    this.sender?.stop();
    this.sender = null;
  }

  onBodySent(bytes: number): void {
    this.expecting = false;
    this.traffic.bytesSent += bytes;
    this.listener.onRequestFlowing();
  }

  onBodyBlocked(): void {
    this.listener.onRequestBlocked();
  }

  onBodyEnd(): void {
    this.sent = true;
    this.sender = null;
    this.listener.onRequestSent();
  }

  onBodyFailure(reason: string, cause?: unknown): void {
    this.sender = null;
    this.listener.onRequestFailure(reason, cause);
  }

  private sendWhole(body: Uint8Array): void {
    this.traffic.bytesSent += body.byteLength;
    // A write of nothing makes TLS read, in the middle of whatever called this.
    if (body.byteLength > 0) this.socket.write(body);
    this.onBodyEnd();
  }
}
