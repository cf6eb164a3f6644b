/**
 * Bare `node:http` that answers by itself: what one idle connection costs in Node before any gateway adds to it.
 *
 * Usage: node node-http.ts PORT
 */
import { createServer } from 'node:http';

const body = 'x'.repeat(1024);

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length }).end(body);
});
server.keepAliveTimeout = 600_000;
server.listen(Number(process.argv[2]), '127.0.0.1');
