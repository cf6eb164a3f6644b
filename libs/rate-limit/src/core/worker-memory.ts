/** Memory that the workers of one process have in common, so that together they admit what one alone would. */
export interface WorkerMemory {
  /** How many workers there are. */
  readonly workers: number;
  /** Index of this one, from 0. One that takes the place of another has its index. */
  readonly worker: number;
  /** Bytes by name: the same ones in every worker, zeros in the beginning. */
  region(name: string, bytes: number): ArrayBufferLike;
}
