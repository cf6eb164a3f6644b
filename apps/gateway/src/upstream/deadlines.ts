import { DeadlineQueue } from './deadline-queue.js';

/** How late a deadline may be noticed, in milliseconds. */
const DEADLINE_TICK_MS = 50;

/** One queue for each distinct timeout, looked at on one shared coarse tick. */
export class Deadlines {
  private readonly queues = new Map<number, DeadlineQueue>();
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => {
      const now = performance.now();
      for (const queue of this.queues.values()) queue.tick(now);
    }, DEADLINE_TICK_MS);
    this.timer.unref();
  }

  /** The queue for a timeout; null for 0, which means no limit. Timeouts come from configuration, so they are few. */
  queue(timeoutMs: number): DeadlineQueue | null {
    if (timeoutMs === 0) return null;
    let queue = this.queues.get(timeoutMs);
    if (queue === undefined) this.queues.set(timeoutMs, (queue = new DeadlineQueue(timeoutMs)));
    return queue;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
