import { REFUSED, type Breaker, type BreakerSettings, type BreakerState, type BreakerTransition } from './breaker.js';
import { WorkerCountRing } from './worker-count-ring.js';
import type { MemoryPlace } from './worker-memory.js';

const TOTAL = 0;
const FAILED = 1;

const CLOSED = 0;
const OPEN = 1;
const HALF_OPEN = 2;
const STATES: readonly BreakerState[] = ['closed', 'open', 'half-open'];
const ORDERS = [null, 'open', 'closed'] as const;

// The word that is the breaker: its state, what was ordered, and how many times it has moved.
const STATE_MASK = 3;
const ORDER_SHIFT = 2;
const MOVES_SHIFT = 4;

// Places of the words.
const WORD = 0;
const PROBES = 1;
const PASSED = 2;
const WORDS_BYTES = 16;

// Places of the times: two for the opening, by the parity of the moves, so that the one that holds is not written.
const PROBED_AT = 2;
const TIMES_BYTES = 24;

/** Bits of a count of probes; the others tell which half-open time it is of. */
const PROBE_BITS = 12;
const PROBE_MASK = (1 << PROBE_BITS) - 1;

/**
 * A breaker that several workers have in common: whatever one of them does to it, the next call in any other one
 * finds. It does what Breaker does, whose model test it passes, and is moved by compare-and-swap of one word, so that
 * of two workers that would move it one does, and tells. opossum, whose state is that of one thread, has no part in it.
 */
export class SharedBreaker implements Pick<Breaker, keyof Breaker> {
  private readonly words: Int32Array;
  private readonly times: Float64Array;
  private readonly ring: WorkerCountRing;
  private timer: NodeJS.Timeout | null = null;

  /**
   * @param onTransition told of the changes that this worker has made, after them
   * @param now a clock in milliseconds that does not jump, the same for all workers
   */
  constructor(
    readonly name: string,
    readonly settings: BreakerSettings,
    place: MemoryPlace,
    private readonly onTransition: (transition: BreakerTransition) => void,
    private readonly now: () => number,
  ) {
    const region = place.memory.region(place.name, WORDS_BYTES + TIMES_BYTES);
    this.words = new Int32Array(region, 0, WORDS_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.times = new Float64Array(region, WORDS_BYTES);
    this.ring = new WorkerCountRing(settings.windowMs, place);
    if (stateOf(this.look()) === OPEN) this.wake();
  }

  get state(): BreakerState {
    return STATES[stateOf(this.look())];
  }

  get forced(): 'open' | 'closed' | null {
    return ORDERS[orderOf(this.look())];
  }

  get admits(): boolean {
    const word = this.look();
    return stateOf(word) === CLOSED || (stateOf(word) === HALF_OPEN && this.mayProbe(this.probesOf(word), this.now()));
  }

  get retryInMs(): number {
    const word = this.look();
    if (stateOf(word) !== OPEN) return 0;
    if (orderOf(word) !== 0) return this.settings.resetMs;
    return Math.max(0, this.times[movesOf(word) & 1] + this.settings.resetMs - this.now());
  }

  get counts(): { readonly total: number; readonly failed: number } {
    const now = this.now();
    return { total: this.ring.sum(TOTAL, now), failed: this.ring.sum(FAILED, now) };
  }

  enter(): number {
    const word = this.look();
    if (stateOf(word) === CLOSED || (stateOf(word) === HALF_OPEN && this.probe(word))) return movesOf(word);
    return REFUSED;
  }

  leave(pass: number, failed: boolean): void {
    const word = this.look();
    if (movesOf(word) !== pass) return;
    if (stateOf(word) === HALF_OPEN) {
      if (failed) this.move(word, OPEN);
      else if (this.count(PASSED, word, 1) >= this.settings.halfOpenProbes) this.move(word, CLOSED);
      return;
    }
    const now = this.now();
    this.ring.add(TOTAL, now);
    if (!failed) return;
    this.ring.add(FAILED, now);
    this.judge(word, now);
  }

  forgo(pass: number): void {
    const word = this.look();
    if (movesOf(word) === pass && stateOf(word) === HALF_OPEN) this.count(PROBES, word, -1);
  }

  revoke(pass: number): void {
    const word = this.look();
    if (movesOf(word) !== pass) return;
    if (stateOf(word) === HALF_OPEN) {
      this.move(word, OPEN);
      return;
    }
    const now = this.now();
    this.ring.add(FAILED, now);
    this.judge(word, now);
  }

  force(order: 'open' | 'closed' | null): void {
    const wanted = ORDERS.indexOf(order);
    for (;;) {
      const word = this.look();
      const state = stateOf(word);
      if (orderOf(word) === wanted) return;
      const to = order === null ? state : STATES.indexOf(order);
      // One that is no longer forced open is open for the whole time from now on.
      if (to !== state || (order === null && state === OPEN)) {
        if (this.move(word, to, wanted)) return;
      } else if (this.swap(word, wordOf(state, wanted, movesOf(word)))) {
        if (order === null) this.ring.clear();
        return;
      }
    }
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** The word as it is now: when the time of an open one is over, whoever looks first makes it half-open. */
  private look(): number {
    const word = Atomics.load(this.words, WORD);
    if (stateOf(word) !== OPEN || orderOf(word) !== 0) return word;
    if (this.now() < this.times[movesOf(word) & 1] + this.settings.resetMs) return word;
    this.move(word, HALF_OPEN);
    return Atomics.load(this.words, WORD);
  }

  /** @returns false when another worker has been quicker */
  private move(word: number, state: number, order = orderOf(word)): boolean {
    const next = wordOf(state, order, movesOf(word) + 1);
    if (state === OPEN) this.times[movesOf(next) & 1] = this.now();
    // Before anyone counts in the new state.
    if (state === CLOSED) this.ring.clear();
    if (!this.swap(word, next)) return false;
    if (state === OPEN) this.wake();
    const from = STATES[stateOf(word)];
    const to = STATES[state];
    if (from !== to) this.onTransition({ name: this.name, from, to, forced: order !== 0 });
    return true;
  }

  private swap(word: number, next: number): boolean {
    return Atomics.compareExchange(this.words, WORD, word, next) === word;
  }

  private judge(word: number, now: number): void {
    const { failureRatePercent, volumeThreshold } = this.settings;
    const total = this.ring.sum(TOTAL, now);
    if (orderOf(word) !== 0 || total < volumeThreshold) return;
    if (this.ring.sum(FAILED, now) * 100 >= failureRatePercent * total) this.move(word, OPEN);
  }

  /** Takes a place as a probe. */
  private probe(word: number): boolean {
    const { words, times } = this;
    const now = this.now();
    for (;;) {
      const seen = Atomics.load(words, PROBES);
      const probes = countIn(seen, word);
      if (!this.mayProbe(probes, now)) return false;
      times[PROBED_AT] = now;
      if (Atomics.compareExchange(words, PROBES, seen, counted(word, probes + 1)) === seen) return true;
    }
  }

  private mayProbe(probes: number, now: number): boolean {
    return probes < this.settings.halfOpenProbes || now - this.times[PROBED_AT] >= this.settings.resetMs;
  }

  private probesOf(word: number): number {
    return countIn(Atomics.load(this.words, PROBES), word);
  }

  /** @returns the count after it */
  private count(at: typeof PROBES | typeof PASSED, word: number, by: number): number {
    for (;;) {
      const seen = Atomics.load(this.words, at);
      const count = Math.max(0, countIn(seen, word) + by);
      if (Atomics.compareExchange(this.words, at, seen, counted(word, count)) === seen) return count;
    }
  }

  /** Tells that it is half-open also when nobody calls. Should this worker end, the next call in another one does. */
  private wake(): void {
    this.stop();
    const delayMs = Math.max(1, Math.ceil(this.retryInMs));
    this.timer = setTimeout(() => {
      const word = this.look();
      if (stateOf(word) === OPEN && orderOf(word) === 0) this.wake();
    }, delayMs);
    this.timer.unref();
  }
}

function stateOf(word: number): number {
  return word & STATE_MASK;
}

function orderOf(word: number): number {
  return (word >>> ORDER_SHIFT) & STATE_MASK;
}

function movesOf(word: number): number {
  return word >>> MOVES_SHIFT;
}

function wordOf(state: number, order: number, moves: number): number {
  return (moves << MOVES_SHIFT) | (order << ORDER_SHIFT) | state;
}

/** What a count says of the half-open time that the word is of; one that is of another time says nothing. */
function countIn(seen: number, word: number): number {
  return seen >>> PROBE_BITS === counted(word, 0) >>> PROBE_BITS ? seen & PROBE_MASK : 0;
}

function counted(word: number, count: number): number {
  return (movesOf(word) << PROBE_BITS) | Math.min(count, PROBE_MASK);
}
