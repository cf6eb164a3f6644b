import type { DeadlineLine, DeadlineSource } from '../deadlines/deadlines.js';

/** How much earlier than its upstream we let go of a connection: a request would cross its end otherwise. */
const MARGIN_MS = 1_000;
/** Seconds that idle connections are looked at after. Few, since the upstreams choose, and each is a queue. */
const STEPS = [1, 2, 3, 4, 5, 8, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600];

/** How long connections may be idle. */
export class KeepAlive {
  private readonly lines: (DeadlineLine | null)[];
  private readonly own: DeadlineLine | null;

  /** @param idleMs longest idle time; 0 keeps nothing */
  constructor(
    deadlines: DeadlineSource,
    private readonly idleMs: number,
  ) {
    this.own = deadlines.queue(idleMs);
    this.lines = STEPS.map((seconds) => (seconds * 1_000 < idleMs ? deadlines.queue(seconds * 1_000) : null));
  }

  /**
   * Milliseconds that a connection may be idle; 0 for not at all.
   * @param seconds what its upstream said in `Keep-Alive: timeout`, or -1
   */
  idleTimeMs(seconds: number): number {
    if (seconds < 0) return this.idleMs;
    return Math.max(0, Math.min(this.idleMs, seconds * 1_000 - MARGIN_MS));
  }

  /** The queue that closes a connection of such an idle time, a little early where upstreams say odd numbers. */
  line(idleTimeMs: number): DeadlineLine | null {
    if (idleTimeMs >= this.idleMs) return this.own;
    for (let i = STEPS.length - 1; i > 0; i--) {
      if (STEPS[i] * 1_000 <= idleTimeMs) return this.lines[i];
    }
    return this.lines[0];
  }
}
