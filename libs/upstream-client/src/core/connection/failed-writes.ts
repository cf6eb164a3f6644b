import type { Socket } from 'node:net';

/**
 * Keeps a socket open for reading when a write fails. An upstream that answers early and closes resets the connection
 * as soon as more of the request comes; Node would throw away the answer, which waits in the kernel, with the socket.
 *
 * @param onFailure told of the first failed write; returns false to let the socket be destroyed
 */
export function outliveFailedWrites(socket: Socket, onFailure: (error: Error) => boolean): void {
  let told = false;
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error?: Error): Socket => {
    if (told || !isFailedWrite(error)) return destroy(error);
    told = true;
    return onFailure(error) ? socket : destroy(error);
  };
}

function isFailedWrite(error: (Error & { syscall?: string }) | undefined): error is Error {
  return error?.syscall === 'write';
}
