/**
 * A backend that takes 1 ms for 1 KiB of JSON: what "proxied" is measured before. It ends a tick of its timer later at
 * most, and so is never faster than that.
 *
 * Usage: node backend.ts PORT
 */
import { createServer } from 'node:http';

const DELAY_MS = 1;
const BODY = JSON.stringify({ text: 'x'.repeat(1_000) });
const FIELDS = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };

const server = createServer((_, response) => {
  setTimeout(() => response.writeHead(200, FIELDS).end(BODY), DELAY_MS);
});
server.keepAliveTimeout = 72_000;
server.listen(Number(process.argv[2]), '127.0.0.1');
