import type { Socket } from 'node:net';
import { afterReading } from './after-reading.js';
import { outliveFailedWrites } from './failed-writes.js';
import { openingFailure } from './socket-errors.js';
import type { UpstreamErrorCode } from '../upstream-error.js';

/** Hears what becomes of a socket. */
export interface SocketListener {
  /** It is there, and what the upstream said before it was asked was read. */
  onOpen(): void;
  onDrain(): void;
  onEof(): void;
  /** @param opening what the failure is called when it was still being opened */
  onSocketError(error: Error, opening: UpstreamErrorCode): void;
  /** @returns whether it may live on, to be read */
  onWriteFailure(error: Error): boolean;
  onSocketClose(): void;
}

export function listenTo(socket: Socket, secure: boolean, listener: SocketListener): void {
  let connected = false;
  const open = (): void => afterReading(() => listener.onOpen());
  socket.on('connect', () => {
    connected = true;
    if (!secure) open();
  });
  if (secure) socket.on('secureConnect', open);
  socket.on('drain', () => listener.onDrain());
  socket.on('end', () => listener.onEof());
  socket.on('error', (error) => listener.onSocketError(error, openingFailure(error, connected && secure)));
  socket.on('close', () => listener.onSocketClose());
  outliveFailedWrites(socket, (error) => listener.onWriteFailure(error));
}
