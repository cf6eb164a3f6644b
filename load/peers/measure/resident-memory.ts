import { readFileSync } from 'node:fs';
import { processTree } from './process-stat.ts';

const SAMPLE_INTERVAL_MS = 100;

/** Resident bytes of a process and everything below it. */
export function residentBytes(rootPid: number): number {
  let kib = 0;
  for (const { pid } of processTree(rootPid)) {
    try {
      kib += Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
    } catch {
      // It ended meanwhile.
    }
  }
  return kib * 1024;
}

/** Watches resident memory while something runs. `stop` says the highest and the last value seen, in bytes. */
export function watchResidentMemory(rootPid: number): { stop(): { peakBytes: number; endBytes: number } } {
  let peakBytes = residentBytes(rootPid);
  const timer = setInterval(() => (peakBytes = Math.max(peakBytes, residentBytes(rootPid))), SAMPLE_INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      const endBytes = residentBytes(rootPid);
      return { peakBytes: Math.max(peakBytes, endBytes), endBytes };
    },
  };
}
