/**
 * Loaded into a gateway before it starts (`node --import`): tells whoever connects to the socket that PERF_PROBE names
 * the longest turn of the event loop since the last time it was asked, in milliseconds of the thread's CPU time. What
 * others take of the core is no pause of the gateway, and time on the clock would count it.
 */
import { createServer } from 'node:net';

/** Turns end here; what runs in between is one turn, or a few. */
const TURN_MS = 1;

const path = process.env.PERF_PROBE;
if (path === undefined) throw new Error('needs PERF_PROBE');

function threadCpuUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

let longestUs = 0;
let before = threadCpuUs();

setInterval(() => {
  const now = threadCpuUs();
  longestUs = Math.max(longestUs, now - before);
  before = now;
}, TURN_MS).unref();

createServer((socket) => {
  socket.end(`${JSON.stringify({ longestMs: longestUs / 1000 })}\n`);
  longestUs = 0;
})
  .listen(path)
  .unref();
