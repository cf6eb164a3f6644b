/** Something that must happen in time. One entry stands in at most one queue. */
export abstract class DeadlineEntry {
  queue: DeadlineQueue | null = null;
  previous: DeadlineEntry | null = null;
  next: DeadlineEntry | null = null;
  dueAt = 0;

  abstract onDeadline(): void;
}

/** A deadline for which a closure is worth its cost. */
export class CallbackDeadline extends DeadlineEntry {
  constructor(private readonly due: () => void) {
    super();
  }

  override onDeadline(): void {
    this.due();
  }
}

/**
 * Deadlines that are all equally far away from where they are counted from, so that they nearly always come in the
 * order in which they fall due: a linked list where adding and removing cost a few writes, instead of a timer for each
 * request.
 */
export class DeadlineQueue {
  private first: DeadlineEntry | null = null;
  private last: DeadlineEntry | null = null;

  constructor(readonly timeoutMs: number) {}

  /** @param since time that the deadline counts from, in milliseconds of `performance.now()` */
  add(entry: DeadlineEntry, since: number): void {
    entry.queue?.remove(entry);
    entry.queue = this;
    entry.dueAt = since + this.timeoutMs;
    // A request that waited for a stage counts from before those that overtook it.
    let previous = this.last;
    while (previous !== null && previous.dueAt > entry.dueAt) previous = previous.previous;
    entry.previous = previous;
    entry.next = previous === null ? this.first : previous.next;
    if (previous === null) this.first = entry;
    else previous.next = entry;
    if (entry.next === null) this.last = entry;
    else entry.next.previous = entry;
  }

  remove(entry: DeadlineEntry): void {
    if (entry.previous === null) this.first = entry.next;
    else entry.previous.next = entry.next;
    if (entry.next === null) this.last = entry.previous;
    else entry.next.previous = entry.previous;
    entry.queue = entry.previous = entry.next = null;
  }

  /** Tells every entry that is due. Entries may add and remove themselves and others meanwhile. */
  tick(now: number): void {
    while (this.first !== null && this.first.dueAt <= now) {
      const entry = this.first;
      this.remove(entry);
      entry.onDeadline();
    }
  }
}
