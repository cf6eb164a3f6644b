import type { Socket } from 'node:net';

const LOOK_MS_MIN = 50;
const LOOK_MS_MAX = 1_000;

interface Standstill {
  /** What the kernel has taken, as far as can be seen. */
  taken: number;
  since: number;
}

/**
 * Cuts clients that leave what was sent to them unread: replies whole or streamed, pipelined, upgraded. All connections
 * are looked at now and then, so that a request pays nothing for it.
 *
 * @param timeoutMs time without a byte taken; 0 means no limit
 * @returns a function that ends it
 */
export function cutUnreadReplies(connections: Iterable<Socket>, timeoutMs: number): () => void {
  if (timeoutMs === 0) return () => undefined;
  const waiting = new WeakMap<Socket, Standstill>();
  const look = (): void => {
    const now = performance.now();
    for (const socket of connections) {
      if (socket.writableLength === 0) {
        waiting.delete(socket);
        continue;
      }
      const taken = takenBytes(socket);
      const known = waiting.get(socket);
      if (known === undefined || known.taken !== taken) waiting.set(socket, { taken, since: now });
      // A reset: after an orderly end, a reply that only the end delimits would look complete.
      else if (now - known.since >= timeoutMs) socket.resetAndDestroy();
    }
  };
  const timer = setInterval(look, Math.min(Math.max(timeoutMs / 4, LOOK_MS_MIN), LOOK_MS_MAX));
  timer.unref();
  return () => clearInterval(timer);
}

/** Node counts a write as a whole when all of it is taken; what is left of a large one, its handle knows. */
function takenBytes(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { _handle?: { writeQueueSize?: number } | null };
  return socket.bytesWritten - socket.writableLength - (handle?.writeQueueSize ?? 0);
}
