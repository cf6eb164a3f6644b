import type { Charge } from './charge.js';
import type { WorkerMemory } from './worker-memory.js';

const FREE = 0;
/** Locks for neighbourhoods; a larger table has several under one. */
const NEIGHBOURHOODS_MAX = 8_192;
/** Looks at a lock before the thread lets others run. Whoever holds one needs less time than so many looks take. */
const LOOKS = 200;
const PAUSE_MS = 1;
/** Pauses after which a holder counts as dead. No living one sleeps that long in the middle of a decision. */
const PAUSES_MAX = 50;

/**
 * Lets one worker at a time into a neighbourhood of cells: a word for each, taken by compare-and-swap, that says who
 * holds it. A decision holds those of all its keys, so that it charges all of them or none, as it would alone.
 *
 * They are taken in rising order, and the one of the overflow cells last, so that no two workers wait for each other.
 * A worker that ends in the middle of a decision leaves its locks to the one that takes its index, or to the one that
 * has waited too long; what it leaves in the cells is at worst one request that was counted and not let through.
 */
export class CellLocks {
  private readonly words: Int32Array;
  private readonly mine: number;
  private readonly mask: number;
  private readonly overflow: number;
  /** What this decision holds, the first `count` of them, in rising order. */
  private readonly held: number[] = [];
  private count = 0;
  private overflowHeld = false;

  /** @param neighbourhoods a power of two */
  constructor(memory: WorkerMemory, name: string, neighbourhoods: number) {
    const locks = Math.min(neighbourhoods, NEIGHBOURHOODS_MAX);
    this.mask = locks - 1;
    this.overflow = locks;
    this.mine = memory.worker + 1;
    this.words = new Int32Array(memory.region(`${name}/locks`, (locks + 1) * Int32Array.BYTES_PER_ELEMENT));
    for (let at = 0; at <= locks; at++) Atomics.compareExchange(this.words, at, this.mine, FREE);
  }

  /** Takes the locks of all keys. */
  take(charges: readonly Charge[]): void {
    const { held, mask } = this;
    if (charges.length === 1) {
      held[0] = charges[0].high & mask;
      this.count = 1;
      this.lock(held[0]);
      return;
    }
    let count = 0;
    for (let i = 0; i < charges.length; i++) {
      const lock = charges[i].high & mask;
      let at = count;
      while (at > 0 && held[at - 1] > lock) at--;
      if (at > 0 && held[at - 1] === lock) continue;
      for (let moved = count; moved > at; moved--) held[moved] = held[moved - 1];
      held[at] = lock;
      count++;
    }
    this.count = count;
    for (let i = 0; i < count; i++) this.lock(held[i]);
  }

  /** Takes the lock of the cells that keys of all neighbourhoods share, unless this decision has it. */
  takeOverflow(): void {
    if (this.overflowHeld) return;
    this.overflowHeld = true;
    this.lock(this.overflow);
  }

  /** Gives back what the decision has taken. */
  give(): void {
    if (this.overflowHeld) {
      this.overflowHeld = false;
      this.unlock(this.overflow);
    }
    for (let i = this.count - 1; i >= 0; i--) this.unlock(this.held[i]);
  }

  private lock(at: number): void {
    if (Atomics.compareExchange(this.words, at, FREE, this.mine) !== FREE) this.wait(at);
  }

  /** Another worker may have taken a lock for that of a dead one: then it is no longer this one's to give. */
  private unlock(at: number): void {
    Atomics.compareExchange(this.words, at, this.mine, FREE);
  }

  private wait(at: number): void {
    const { words, mine } = this;
    let holder = FREE;
    for (let pauses = 0; ; pauses++) {
      for (let look = 0; look < LOOKS; look++) {
        if (Atomics.load(words, at) === FREE && Atomics.compareExchange(words, at, FREE, mine) === FREE) return;
      }
      const now = Atomics.load(words, at);
      if (now !== holder) pauses = 0;
      holder = now;
      // The holder may wait for this very core. Nobody notifies: that would make every unlocking dearer.
      if (holder !== FREE) Atomics.wait(words, at, holder, PAUSE_MS);
      if (pauses < PAUSES_MAX || holder === FREE) continue;
      if (Atomics.compareExchange(words, at, holder, mine) === holder) return;
    }
  }
}
