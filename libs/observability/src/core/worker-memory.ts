/** Memory that the workers of one process have in common, so that the numbers of all are read at one place. */
export interface WorkerMemory {
  /** How many workers there are. */
  readonly workers: number;
  /** Index of this one, from 0. One that takes the place of another has its index, and goes on with its numbers. */
  readonly worker: number;
  /** Bytes by name: the same ones in every worker, zeros in the beginning. */
  region(name: string, bytes: number): ArrayBufferLike;
}

/** Where in it something lies. */
export interface MemoryPlace {
  readonly memory: WorkerMemory;
  /** The same in every worker, and unique among what they share. */
  readonly name: string;
}
