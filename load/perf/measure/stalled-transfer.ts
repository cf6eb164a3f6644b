import { connect, type Socket } from 'node:net';
import { residentBytes } from '../../peers/measure/resident-memory.ts';
import type { RunningPeer } from '../../peers/running-peer.ts';
import { BODY_BYTES, type CountingUpstream } from './counting-upstream.ts';
import { standsStill } from './settled.ts';

const PIECE = Buffer.alloc(65_536, 'sluice-');
const MIB = 2 ** 20;

/** What a gateway took of a body that nobody takes from it, in MiB, and how much larger it grew meanwhile. */
export interface Stalled {
  takenMib: number;
  grownMib: number;
}

/** A client sends {@link BODY_BYTES} to an upstream that reads nothing. */
export function stalledUpload(gateway: RunningPeer, upstream: CountingUpstream): Promise<Stalled> {
  const socket = connect({ host: '127.0.0.1', port: gateway.port });
  socket.write(`PUT /plain/upload HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`);
  let left = BODY_BYTES;
  const send = (): void => {
    while (left > 0) {
      left -= PIECE.length;
      if (!socket.write(PIECE)) return;
    }
  };
  socket.on('drain', send);
  socket.once('connect', send);
  socket.resume();
  return stalled(
    gateway,
    socket,
    () => socket.bytesWritten - socket.writableLength,
    () => upstream.asked('/upload') > 0,
  );
}

/** A client asks for {@link BODY_BYTES} and reads nothing. */
export function stalledDownload(gateway: RunningPeer, upstream: CountingUpstream): Promise<Stalled> {
  const socket = connect({ host: '127.0.0.1', port: gateway.port });
  socket.pause();
  socket.write('GET /plain/download HTTP/1.1\r\nHost: gateway.test\r\n\r\n');
  return stalled(
    gateway,
    socket,
    () => upstream.downloadedBytes,
    () => upstream.asked('/download') > 0,
  );
}

async function stalled(
  gateway: RunningPeer,
  socket: Socket,
  bytesTaken: () => number,
  hasBegun: () => boolean,
): Promise<Stalled> {
  socket.on('error', () => {});
  const before = residentBytes(gateway.pid);
  try {
    // A body that is held back whole reaches the upstream only when all of it was taken: then it has not begun.
    const taken = await standsStill(() => (hasBegun() || bytesTaken() > 0 ? bytesTaken() : -performance.now()));
    return { takenMib: taken / MIB, grownMib: (residentBytes(gateway.pid) - before) / MIB };
  } finally {
    socket.destroy();
  }
}
