import type { WorkerMemory } from '../../../libs/resilience/src/index.ts';

/** Memory as the workers of a gateway have it in common; the map passes between threads. */
export function workerRegions(regions: Map<string, SharedArrayBuffer>, workers: number, worker: number): WorkerMemory {
  const region = (name: string, bytes: number): SharedArrayBuffer => {
    const found = regions.get(name) ?? new SharedArrayBuffer(bytes);
    regions.set(name, found);
    return found;
  };
  return { workers, worker, region, shares: (name, bytesEach) => region(name, workers * bytesEach) };
}
