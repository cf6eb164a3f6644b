/** Something that must happen in time. It stands in at most one queue. */
export interface DeadlineTask {
  queue: DeadlineLine | null;
  previous: DeadlineTask | null;
  next: DeadlineTask | null;
  /** In milliseconds of `performance.now()`. */
  dueAt: number;
  onDeadline(): void;
}

/** Tasks that are all equally far away from where they are counted from. */
export interface DeadlineLine {
  readonly timeoutMs: number;
  /** Moves the task here from wherever it stands. @param since milliseconds of `performance.now()` */
  add(task: DeadlineTask, since: number): void;
  /** Takes out a task that stands here. */
  remove(task: DeadlineTask): void;
}

/** Where exchanges and connections wait for their time to run out: one tick for all of them, no timer for each. */
export interface DeadlineSource {
  /** null for 0, which means no limit. */
  queue(timeoutMs: number): DeadlineLine | null;
}
