import type { SharedMemory } from './shared-memory.js';

/** Looks at both clocks, of which the quickest says most. */
const LOOKS = 10;
/** What the clock of the process is ahead of its beginning, so that no thread ever reads a time before it. */
const LEAD_NS = 1_000_000_000n;

/**
 * What to add to `performance.now()` of this thread to get milliseconds that mean the same in all workers: each thread
 * begins to count when it starts, and what they write into common memory for one another has to be of one clock. The
 * offsets of two threads differ from the truth by less than a microsecond. 0 where there is one worker.
 */
export function clockOffsetMs(memory: SharedMemory | null): number {
  if (memory === null) return 0;
  const beginning = new BigInt64Array(memory.region('process-clock', BigInt64Array.BYTES_PER_ELEMENT));
  Atomics.compareExchange(beginning, 0, 0n, process.hrtime.bigint() - LEAD_NS);
  let offsetMs = 0;
  let quickest = Infinity;
  for (let look = 0; look < LOOKS; look++) {
    const before = performance.now();
    const sinceMs = Number(process.hrtime.bigint() - Atomics.load(beginning, 0)) / 1e6;
    const after = performance.now();
    if (after - before >= quickest) continue;
    quickest = after - before;
    offsetMs = sinceMs - (before + after) / 2;
  }
  return offsetMs;
}

/** A clock in milliseconds that never goes back, the same for all workers. */
export function processClock(memory: SharedMemory | null): () => number {
  const offsetMs = clockOffsetMs(memory);
  return () => performance.now() + offsetMs;
}
