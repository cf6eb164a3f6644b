/**
 * Loaded into a gateway before it starts (`node --expose-gc --import`): tells whoever connects to the socket that
 * PERF_PROBE names what it holds after full collections, as one line of JSON.
 */
import { createServer } from 'node:net';

/** What one collection finds unreachable may hold what the next one then frees, buffers most of all. */
const COLLECTIONS = 4;
/** In between, finalizers run. */
const BETWEEN_MS = 10;

const collect = globalThis.gc;
const path = process.env.PERF_PROBE;
if (collect === undefined || path === undefined) throw new Error('needs --expose-gc and PERF_PROBE');

createServer((socket) => {
  let left = COLLECTIONS;
  const next = (): void => {
    collect();
    if (--left > 0) return void setTimeout(next, BETWEEN_MS);
    const { rss, heapUsed, external } = process.memoryUsage();
    socket.end(`${JSON.stringify({ rssBytes: rss, heldBytes: heapUsed + external })}\n`);
  };
  next();
})
  .listen(path)
  .unref();
