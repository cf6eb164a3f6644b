/** Token of the memory that all workers share; null is given where there is only one, which shares with nobody. */
export const SHARED_MEMORY = Symbol('sluice.shared-memory');

/** Memory that all workers of the process see. */
export interface SharedMemory {
  /** How many there are; at least 2. */
  readonly workers: number;
  /** Index of this one, from 0. One that takes the place of another has its index, and finds what it left. */
  readonly worker: number;
  /**
   * The memory of that name, zeroed when the first worker asks for it, and the same for all of them from then on.
   *
   * Answered at once: meant for the composition of the application, not for the path of a request.
   *
   * @throws Error when another worker has asked for the same name with another size, which is a bug
   */
  region(name: string, bytes: number): SharedArrayBuffer;
  /**
   * Memory for what a worker holds of something, such as requests under way: `workers` slices of `bytesEach`, one after
   * the other by index. That of a worker that has ended is zeroed, before another takes its place.
   *
   * @param bytesEach a multiple of 8
   */
  shares(name: string, bytesEach: number): SharedArrayBuffer;
}
