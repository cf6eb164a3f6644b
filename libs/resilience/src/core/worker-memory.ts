/** Memory that the workers of one process have in common, so that they protect an upstream as one. */
export interface WorkerMemory {
  /** How many workers there are. */
  readonly workers: number;
  /** Index of this one, from 0. One that takes the place of another has its index. */
  readonly worker: number;
  /** Bytes by name: the same ones in every worker, zeros in the beginning. */
  region(name: string, bytes: number): ArrayBufferLike;
  /** A slice of so many bytes, a multiple of 8, for each worker, by index. That of a worker that has ended is zeroed. */
  shares(name: string, bytesEach: number): ArrayBufferLike;
}

/** Where in it something lies. */
export interface MemoryPlace {
  readonly memory: WorkerMemory;
  /** The same in every worker, and unique among what they share. */
  readonly name: string;
}
