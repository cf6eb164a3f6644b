import { WorkerCounts } from './worker-counts.js';
import type { MemoryPlace } from './worker-memory.js';

/** How often a worker whose calls wait looks whether another one has left a place, in milliseconds. */
const LOOK_MS = 5;

export interface BulkheadSettings {
  /** Calls at once. */
  readonly concurrentMax: number;
  /** Calls that may wait for a place; 0 lets none wait. */
  readonly queueMax: number;
  /** Time that a call may wait, in milliseconds. */
  readonly queueTimeoutMs: number;
}

/** One call in the queue of a bulkhead. */
export class Waiter {
  previous: Waiter | null = null;
  next: Waiter | null = null;
  state: 'waiting' | 'admitted' | 'gone' = 'waiting';

  constructor(
    readonly dueAt: number,
    /** Told once: true with a place, false when the time ran out. Not told after `cancel()`. */
    readonly settle: (admitted: boolean) => void,
  ) {}
}

/**
 * Lets so many calls through at once, and so many more wait in the order in which they came. One that is not full
 * costs a comparison and an addition.
 *
 * With workers, both numbers are those of all of them together, and the order is that of each. A place that one worker
 * leaves goes to a call of its own that waits, else to whichever worker takes it first.
 */
export class Bulkhead {
  private running = 0;
  private queued = 0;
  private first: Waiter | null = null;
  private last: Waiter | null = null;
  private timer: NodeJS.Timeout | null = null;

  private readonly runningOfAll: WorkerCounts | null;
  private readonly queuedOfAll: WorkerCounts | null;

  /** @param shared where the workers have it in common; null when this one is alone */
  constructor(
    readonly settings: BulkheadSettings,
    private readonly now: () => number = () => performance.now(),
    shared: MemoryPlace | null = null,
  ) {
    this.runningOfAll = shared && new WorkerCounts(shared, 'running');
    this.queuedOfAll = shared && new WorkerCounts(shared, 'queued');
  }

  /** Calls that have a place. */
  get active(): number {
    return this.runningOfAll === null ? this.running : this.runningOfAll.sum();
  }

  get waiting(): number {
    return this.queuedOfAll === null ? this.queued : this.queuedOfAll.sum();
  }

  /** Takes a place. @returns false when all are taken */
  enter(): boolean {
    if (this.runningOfAll !== null) {
      // Those that wait here come first.
      return this.first === null && this.runningOfAll.add(this.settings.concurrentMax);
    }
    if (this.running >= this.settings.concurrentMax) return false;
    this.running++;
    return true;
  }

  /** Gives a place back: to the call that waits longest. */
  leave(): void {
    const { first } = this;
    if (first === null) {
      if (this.runningOfAll === null) this.running--;
      else this.runningOfAll.remove();
      return;
    }
    this.remove(first);
    first.state = 'admitted';
    first.settle(true);
  }

  /** Waits for a place. @returns null when the queue is full */
  wait(settle: (admitted: boolean) => void): Waiter | null {
    const { queuedOfAll } = this;
    if (queuedOfAll === null ? this.queued >= this.settings.queueMax : !queuedOfAll.add(this.settings.queueMax)) {
      return null;
    }
    const waiter = new Waiter(this.now() + this.settings.queueTimeoutMs, settle);
    waiter.previous = this.last;
    if (this.last === null) this.first = waiter;
    else this.last.next = waiter;
    this.last = waiter;
    this.queued++;
    // All wait equally long, so the first one is always the next to give up: one timer serves the whole queue.
    if (this.timer === null) this.arm(this.settings.queueTimeoutMs);
    return waiter;
  }

  /** The call gives up, whether it waits or has got its place. */
  cancel(waiter: Waiter): void {
    if (waiter.state === 'waiting') {
      this.remove(waiter);
      waiter.state = 'gone';
    } else if (waiter.state === 'admitted') {
      waiter.state = 'gone';
      this.leave();
    }
  }

  private arm(delayMs: number): void {
    this.timer = setTimeout(() => this.expire(), this.runningOfAll === null ? delayMs : Math.min(delayMs, LOOK_MS));
    this.timer.unref();
  }

  private expire(): void {
    this.timer = null;
    const now = this.now();
    while (this.first !== null && this.first.dueAt <= now) {
      const waiter = this.first;
      this.remove(waiter);
      waiter.state = 'gone';
      waiter.settle(false);
    }
    while (this.first !== null && this.runningOfAll?.add(this.settings.concurrentMax) === true) {
      const waiter = this.first;
      this.remove(waiter);
      waiter.state = 'admitted';
      waiter.settle(true);
    }
    // Told in the meantime, a caller may have queued another one and set the timer.
    if (this.first !== null && this.timer === null) this.arm(Math.max(1, Math.ceil(this.first.dueAt - now)));
  }

  private remove(waiter: Waiter): void {
    if (waiter.previous === null) this.first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === null) this.last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.previous = waiter.next = null;
    this.queued--;
    this.queuedOfAll?.remove();
    if (this.first !== null || this.timer === null) return;
    clearTimeout(this.timer);
    this.timer = null;
  }
}
