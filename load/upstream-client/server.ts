/**
 * The upstream that the clients are measured before: as little as can answer. It waits for the end of a request and
 * writes bytes that were made before.
 *
 * Usage: node server.ts; prints its port.
 */
import { createServer, type AddressInfo } from 'node:net';

const respond = (bytes: number): Buffer => {
  const fields = 'Date: Wed, 25 Nov 2026 00:00:00 GMT\r\nContent-Type: application/json\r\nServer: bench\r\n';
  return Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\n${fields}Content-Length: ${bytes}\r\nConnection: keep-alive\r\n\r\n`),
    Buffer.alloc(bytes, 'x'),
  ]);
};
const small = respond(1_024);
const large = respond(1_048_576);

const server = createServer({ noDelay: true }, (socket) => {
  let left = -1;
  let head = '';
  socket.on('data', (chunk: Buffer) => {
    if (left > 0) left -= chunk.length;
    else {
      head += chunk.toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(head);
      left = (length === null ? 0 : Number(length[1])) - (head.length - end - 4);
    }
    if (left > 0) return;
    socket.write(head.startsWith('GET /1m') ? large : small);
    head = '';
  });
  socket.on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
