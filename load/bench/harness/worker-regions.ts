import type { WorkerMemory } from '../../../libs/rate-limit/src/index.ts';

/** Memory as the workers of a gateway have it in common; the map passes between threads. */
export function workerRegions(regions: Map<string, SharedArrayBuffer>, workers: number, worker: number): WorkerMemory {
  return {
    workers,
    worker,
    region(name, bytes) {
      const found = regions.get(name) ?? new SharedArrayBuffer(bytes);
      regions.set(name, found);
      return found;
    },
  };
}
