/** Words of a target. */
export const TARGET_WORDS = 4;
const UNHEALTHY = 0;
const EJECTED = 1;
const FAILURES = 2;
const EJECTIONS = 3;

/** Times of a target, in milliseconds. */
export const TARGET_TIMES = 2;
const EJECTED_UNTIL = 0;
const RETURNED_AT = 1;

/** A number of exchanges has 8 bytes for itself, which is what shares are made of. */
export const ACTIVE_STRIDE = 2;

/** What all workers know of one target. Where two of them change it at once, one does, and is told so. */
export class TargetStanding {
  private readonly own: number;

  /**
   * @param exchanges from the number of the first worker on; those of the others follow, each `stride` words further
   * @param worker index of this one
   */
  constructor(
    private readonly words: Int32Array,
    private readonly times: Float64Array,
    private readonly exchanges: Int32Array,
    private readonly stride: number,
    worker: number,
  ) {
    this.own = worker * stride;
  }

  get healthy(): boolean {
    return Atomics.load(this.words, UNHEALTHY) === 0;
  }

  set healthy(healthy: boolean) {
    Atomics.store(this.words, UNHEALTHY, healthy ? 0 : 1);
  }

  /** Exchanges under way, of all workers. */
  get active(): number {
    const { exchanges, stride } = this;
    let active = 0;
    for (let at = 0; at < exchanges.length; at += stride) active += exchanges[at];
    return active;
  }

  /** A worker writes no number but its own, so a plain one will do. */
  began(): void {
    this.exchanges[this.own]++;
  }

  ended(): void {
    this.exchanges[this.own]--;
  }

  get ejected(): boolean {
    return Atomics.load(this.words, EJECTED) === 1;
  }

  /** Time at which it comes back, while it is ejected. */
  get ejectedUntil(): number {
    return this.times[EJECTED_UNTIL];
  }

  /** Ejections in a row, the last one included. */
  get ejections(): number {
    return Atomics.load(this.words, EJECTIONS);
  }

  get returnedAt(): number {
    return this.times[RETURNED_AT];
  }

  passed(): void {
    // Mostly there is nothing to do, and a store would take the line from the other workers.
    if (Atomics.load(this.words, FAILURES) !== 0) Atomics.store(this.words, FAILURES, 0);
  }

  /** @returns failures in a row, of all workers */
  failed(): number {
    return Atomics.add(this.words, FAILURES, 1) + 1;
  }

  /** @returns false when another worker has done it */
  eject(until: number, ejections: number): boolean {
    // Before it is ejected: whoever sees that it is sees the end of it as well.
    this.times[EJECTED_UNTIL] = until;
    if (Atomics.compareExchange(this.words, EJECTED, 0, 1) !== 0) return false;
    Atomics.store(this.words, FAILURES, 0);
    Atomics.store(this.words, EJECTIONS, ejections);
    return true;
  }

  /** @returns false when another worker has done it */
  takeBack(now: number): boolean {
    this.times[RETURNED_AT] = now;
    return Atomics.compareExchange(this.words, EJECTED, 1, 0) === 1;
  }
}
