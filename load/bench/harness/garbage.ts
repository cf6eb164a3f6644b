import { GCProfiler, getHeapStatistics } from 'node:v8';

/** What a stretch allocated on V8's heap and what collecting took of its time. */
export interface Garbage {
  bytesPerOp: number;
  gcPercent: number;
}

/**
 * Accounts for a stretch of work. Both counts are V8's own: bytes allocated since the start, whatever was collected
 * meanwhile, and the pauses of the collector on this thread. Memory outside of the heap (Buffers) is not in it.
 */
export async function garbageOf(work: () => number | Promise<number>): Promise<Garbage> {
  // What the accounting itself allocates: an empty stretch, twice, since the first one also makes things once.
  await account(() => 0);
  const own = await account(() => 0);
  const { bytes, ops, gcPercent } = await account(work);
  return { bytesPerOp: Math.max(0, bytes - own.bytes) / ops, gcPercent };
}

async function account(work: () => number | Promise<number>) {
  const profiler = new GCProfiler();
  collect();
  profiler.start();
  const bytesBefore = allocatedBytes();
  const startedAt = performance.now();
  const ops = await work();
  const elapsedUs = (performance.now() - startedAt) * 1000;
  const bytes = allocatedBytes() - bytesBefore;
  const pausesUs = profiler.stop()?.statistics.reduce((sum, { cost }) => sum + cost, 0) ?? 0;
  return { bytes, ops, gcPercent: (100 * pausesUs) / elapsedUs };
}

/** So that a stretch does not pay for what was left before it. */
export function collect(): void {
  globalThis.gc?.();
}

function allocatedBytes(): number {
  return getHeapStatistics().total_allocated_bytes;
}
