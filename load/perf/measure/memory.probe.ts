/**
 * Loaded into a gateway before it starts (`node --expose-gc --import`): tells whoever connects to the socket that
 * PERF_PROBE names what is held after a full collection, as one line of JSON.
 */
import { createServer } from 'node:net';

const collect = globalThis.gc;
const path = process.env.PERF_PROBE;
if (collect === undefined || path === undefined) throw new Error('needs --expose-gc and PERF_PROBE');

createServer((socket) => {
  const { rss } = process.memoryUsage();
  // Twice: what the first finds unreachable may hold what the second then frees.
  collect();
  setImmediate(() => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    socket.end(
      `${JSON.stringify({ rssBytes: rss, heldBytes: heapUsed + external, handles: process.getActiveResourcesInfo().length })}\n`,
    );
  });
})
  .listen(path)
  .unref();
