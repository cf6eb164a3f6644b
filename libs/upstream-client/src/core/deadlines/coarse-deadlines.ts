import type { DeadlineLine, DeadlineSource, DeadlineTask } from './deadlines.js';

/** How late a deadline may be noticed, in milliseconds. */
const TICK_MS = 50;

/** A linked list, nearly always in the order of arrival: adding and removing are a few writes. */
class CoarseLine implements DeadlineLine {
  private first: DeadlineTask | null = null;
  private last: DeadlineTask | null = null;

  constructor(readonly timeoutMs: number) {}

  add(task: DeadlineTask, since: number): void {
    task.queue?.remove(task);
    task.queue = this;
    task.dueAt = since + this.timeoutMs;
    let previous = this.last;
    while (previous !== null && previous.dueAt > task.dueAt) previous = previous.previous;
    task.previous = previous;
    task.next = previous === null ? this.first : previous.next;
    if (previous === null) this.first = task;
    else previous.next = task;
    if (task.next === null) this.last = task;
    else task.next.previous = task;
  }

  remove(task: DeadlineTask): void {
    if (task.previous === null) this.first = task.next;
    else task.previous.next = task.next;
    if (task.next === null) this.last = task.previous;
    else task.next.previous = task.previous;
    task.queue = task.previous = task.next = null;
  }

  tick(now: number): void {
    while (this.first !== null && this.first.dueAt <= now) {
      const task = this.first;
      this.remove(task);
      task.onDeadline();
    }
  }
}

/** The deadlines of a client that is given none: looked at every 50 ms, by a timer that keeps no process alive. */
export class CoarseDeadlines implements DeadlineSource {
  private readonly lines = new Map<number, CoarseLine>();
  private timer: NodeJS.Timeout | null = null;

  queue(timeoutMs: number): DeadlineLine | null {
    if (timeoutMs === 0) return null;
    let line = this.lines.get(timeoutMs);
    if (line === undefined) this.lines.set(timeoutMs, (line = new CoarseLine(timeoutMs)));
    this.timer ??= setInterval(() => this.tick(performance.now()), TICK_MS).unref();
    return line;
  }

  /** @param now milliseconds of `performance.now()` */
  tick(now: number): void {
    for (const line of this.lines.values()) line.tick(now);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
