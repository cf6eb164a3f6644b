import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Connection } from '../edge/connection.js';
import type { RequestContext } from './contract/request-context.js';
import type { GatewayResponse } from './contract/gateway-response.js';

/** Time and bytes that a client gets to notice the reply and stop sending. */
const LINGER_MS = 2_000;
const LINGER_BYTES_MAX = 1_048_576;

/** Tells the client that the connection ends with this reply, and holds to it. */
export function announceClose(context: RequestContext, headers: string[]): void {
  headers.push('connection', 'close');
  Connection.close(context.request.socket);
}

/**
 * For a reply of the gateway that goes out before its request has arrived whole: the connection closes after it, but
 * not at once. What the client still sends is read for a while and thrown away, since closing with unread data makes
 * the kernel reset the connection, and the client might never see the reply (RFC 9112 section 9.6).
 */
export function closeAfterReply(context: RequestContext, headers: string[]): void {
  const { request } = context;
  announceClose(context, headers);
  // Node calls this when a reply that says `close` has been handed to the kernel.
  request.socket.destroySoon = function (this: Socket) {
    linger(request, this);
  };
  request.resume();
}

/** For a streamed reply that ended before its request did: by then the head is out and cannot announce the close. */
export function closeAfterEarlyEnd({ request, response }: RequestContext): void {
  Connection.close(request.socket);
  closeBehindUnread(request, response);
}

/** For a reply that takes no notice of its request: what has not come when it ends is not waited for. */
export function closeBehindUnread(request: IncomingMessage, response: GatewayResponse): void {
  response.once('finish', () => {
    if (!request.complete) linger(request, request.socket);
  });
}

function linger(request: IncomingMessage, socket: Socket): void {
  if (socket.destroyed) return;
  if (request.complete) {
    socket.end();
    Reflect.deleteProperty(socket, 'destroySoon');
    socket.destroySoon();
    return;
  }
  socket.end();
  let received = 0;
  request.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > LINGER_BYTES_MAX) socket.destroy();
  });
  request.on('end', () => socket.destroy());
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  timer.unref();
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}
