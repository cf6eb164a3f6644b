/**
 * The slow side of the upstream, where nginx cannot do it: it is never part of a CPU measurement.
 *
 * - any method on `/node/hash`: answers `{ bytes, sha256 }` of the request body.
 * - GET `/node/endless`: declares 1 GiB and sends it from one buffer, as fast as it is read.
 * - PUT `/node/slow`: reads 64 KiB every 100 ms.
 *
 * Usage: node slow-upstream.ts PORT
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

const GIB = 2 ** 30;
const PIECE = Buffer.alloc(65_536, 'sluice-');
const SLOW_READ_INTERVAL_MS = 100;

async function hash(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const digest = createHash('sha256');
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    digest.update(chunk);
    bytes += chunk.length;
  }
  response.end(JSON.stringify({ bytes, sha256: digest.digest('hex') }));
}

function endless(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': GIB });
  let left = GIB;
  const send = (): void => {
    while (left > 0) {
      left -= PIECE.length;
      if (!response.write(PIECE)) return void response.once('drain', send);
    }
    response.end();
  };
  send();
}

function slow(request: IncomingMessage, response: ServerResponse): void {
  const takeSome = (): void => void request.read(Math.min(PIECE.length, request.readableLength));
  const timer = setInterval(takeSome, SLOW_READ_INTERVAL_MS);
  request.on('readable', () => {});
  request.on('end', () => response.end());
  request.on('close', () => clearInterval(timer));
}

const server = createServer((request, response) => {
  request.on('error', () => response.destroy());
  if (request.url === '/node/endless') endless(response);
  else if (request.url === '/node/slow') slow(request, response);
  else hash(request, response).catch(() => response.destroy());
});
server.requestTimeout = 0;
server.listen(Number(process.argv[2]), '127.0.0.1');
