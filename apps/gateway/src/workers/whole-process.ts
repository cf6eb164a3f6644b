/** Token of WholeProcess. */
export const WHOLE_PROCESS = Symbol('sluice.whole-process');

/** Time that a worker has for its answer, in milliseconds. A later one is left out. */
export const ANSWER_TIMEOUT_MS = 2_000;

/** Lets whichever worker got a request speak for all of them. With one worker it asks itself. */
export interface WholeProcess {
  /** Index of the worker that asks, from 0. */
  readonly worker: number;
  /**
   * Asks every worker, this one included.
   *
   * @param question a name that each has given an `answer` to
   * @param payload anything that a message between threads can carry
   * @param timeoutMs default ANSWER_TIMEOUT_MS
   * @returns the answers in the order of the workers. Those of dead, late and failing ones are missing, but a failure
   * of this one's own rejects
   */
  ask<T>(question: string, payload?: unknown, timeoutMs?: number): Promise<T[]>;
  /** Tells every other worker, as ask() would, and waits for nothing. */
  tell(question: string, payload: unknown): void;
  /** Says how this worker answers. What it gives must pass between threads: plain data, no functions. */
  answer(question: string, handler: (payload: never) => unknown): void;
}
