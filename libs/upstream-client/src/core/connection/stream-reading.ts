import type { Socket } from 'node:net';

/**
 * Reads a socket that may be handed over: by `readable` events, which leave it as new when the listener is gone.
 * @param take returns false to stop until the socket is resumed
 * @returns ends the reading
 */
export function readAsStream(socket: Socket, take: (bytes: Buffer) => boolean): () => void {
  let paused = false;
  const read = (): void => {
    while (!paused) {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) return;
      if (!take(bytes)) paused = true;
    }
  };
  const goOn = (): void => {
    paused = false;
    read();
  };
  socket.on('readable', read);
  socket.on('resume', goOn);
  return () => {
    paused = true;
    socket.off('readable', read);
    socket.off('resume', goOn);
  };
}
