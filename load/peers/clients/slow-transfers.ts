import { connect, type Socket } from 'node:net';

const GIB = 2 ** 30;
const PIECE = Buffer.alloc(65_536, 'sluice-');
const READ_INTERVAL_MS = 100;

/** Transfers under way: bytes moved so far, and how to end them. */
export interface Transfers {
  bytesMoved(): number;
  /** What went wrong, if anything did: a transfer that ended is one that was not slow. */
  failure(): string | null;
  close(): void;
}

/** Downloads of 1 GiB, each read at 64 KiB every 100 ms. */
export function slowDownloads(port: number, count: number): Transfers {
  return transfers(port, count, (socket) => {
    let bytes = 0;
    socket.write(`GET /node/endless HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    socket.on('readable', () => {});
    const timer = setInterval(() => {
      const wanted = Math.min(PIECE.length, socket.readableLength);
      bytes += (wanted === 0 ? null : (socket.read(wanted) as Buffer | null))?.length ?? 0;
    }, READ_INTERVAL_MS);
    socket.once('close', () => clearInterval(timer));
    return () => bytes;
  });
}

/** Uploads of 1 GiB, each written as fast as it is taken, to an upstream that reads 64 KiB every 100 ms. */
export function fastUploads(port: number, count: number): Transfers {
  return transfers(port, count, (socket) => {
    const head = `PUT /node/slow HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: ${GIB}\r\n\r\n`;
    socket.write(head);
    const send = (): void => {
      while (socket.write(PIECE));
    };
    socket.on('drain', send);
    socket.resume();
    send();
    return () => socket.bytesWritten - socket.writableLength;
  });
}

function transfers(port: number, count: number, begin: (socket: Socket) => () => number): Transfers {
  const sockets: Socket[] = [];
  const moved: (() => number)[] = [];
  let failure: string | null = null;
  let closing = false;
  for (let i = 0; i < count; i++) {
    const socket = connect({ host: '127.0.0.1', port });
    sockets.push(socket);
    socket.once('connect', () => moved.push(begin(socket)));
    socket.once('error', (error) => (failure ??= error.message));
    socket.once('close', () => {
      if (!closing) failure ??= 'a transfer ended early';
    });
  }
  return {
    bytesMoved: () => moved.reduce((sum, bytes) => sum + bytes(), 0),
    failure: () => failure,
    close() {
      closing = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}
