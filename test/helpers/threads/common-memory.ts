/** The regions that some workers have in common; passes between threads as it is. */
export type Regions = Map<string, SharedArrayBuffer>;

/** Memory of one of several workers, without the supervisor that a gateway has for it. */
export interface CommonMemory {
  readonly workers: number;
  readonly worker: number;
  region(name: string, bytes: number): SharedArrayBuffer;
  shares(name: string, bytesEach: number): SharedArrayBuffer;
}

/** @param regions what all of them have; a thread that gets a copy finds in it only what was there before */
export function commonMemory(regions: Regions, workers: number, worker: number): CommonMemory {
  const region = (name: string, bytes: number): SharedArrayBuffer => {
    const found = regions.get(name) ?? new SharedArrayBuffer(bytes);
    regions.set(name, found);
    if (found.byteLength !== bytes) throw new Error(`${name} has ${found.byteLength} bytes, not ${bytes}`);
    return found;
  };
  return { workers, worker, region, shares: (name, bytesEach) => region(name, workers * bytesEach) };
}
