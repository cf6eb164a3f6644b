import type { CellLocks } from './cell-locks.js';
import { CellTable } from './cell-table.js';
import type { Charge } from './charge.js';
import { TICKS_PER_US, WINDOW_SLOTS, type Limit } from './limit.js';

/** The slot that is being filled, and those before it that a window may still touch. */
const RING = WINDOW_SLOTS + 1;

/**
 * Sliding windows: each cell has a ring of counts. A request is let through while the counts of the current slot and
 * of the sixteen before it leave room. They cover the window and up to a slot more, so that no window of that length,
 * however it lies, holds more than the limit.
 */
export class WindowTable {
  private readonly cells: CellTable;
  private readonly counts: Uint32Array;

  /** As of CellTable. */
  constructor(keysMax: number, region: (name: string, bytes: number) => ArrayBufferLike, locks: CellLocks | null) {
    this.cells = new CellTable(keysMax, region, locks);
    this.counts = new Uint32Array(region('counts', this.cells.cells * RING * Uint32Array.BYTES_PER_ELEMENT));
  }

  held(now: number): number {
    return this.cells.held(now);
  }

  look(charge: Charge, now: number): void {
    const { cells } = this;
    const { limit } = charge;
    charge.cell = cells.find(charge.high, charge.low, charge.policy, now);
    charge.source = cells.source;
    charge.used =
      cells.until[charge.source] <= now ? 0 : this.count(charge.source, Math.floor(now / limit.slotTicks), limit);
    charge.refused = charge.used + charge.cost > limit.burst;
  }

  settle(charge: Charge, now: number, taken: boolean): void {
    const { limit } = charge;
    const slot = Math.floor(now / limit.slotTicks);
    charge.waitUs = charge.refused ? this.waitUs(charge, slot, now, charge.used + charge.cost - limit.burst) : 0;
    if (taken) this.take(charge, now, slot);
    charge.remaining = limit.burst > charge.used ? limit.burst - charge.used : 0;
    // Over the limit by way of a shared cell, one more is left only when the surplus is gone as well.
    const surplus = charge.used - limit.burst;
    charge.nextUs =
      charge.used === 0
        ? Math.ceil(limit.slotTicks / TICKS_PER_US)
        : this.waitUs(charge, slot, now, surplus > 0 ? surplus + 1 : 1);
  }

  private take(charge: Charge, now: number, slot: number): void {
    const { cells, counts } = this;
    const { high, low } = charge;
    // A free cell may have become that of another limit of the same request meanwhile.
    if (cells.until[charge.cell] > now && !cells.holds(charge.cell, high, low)) this.look(charge, now);
    const { cell: place, source } = charge;
    if (charge.used === 0) counts.fill(0, place * RING, (place + 1) * RING);
    else if (place !== source) counts.copyWithin(place * RING, source * RING, (source + 1) * RING);
    cells.claim(place, high, low);
    counts[place * RING + (slot % RING)] += charge.cost;
    const until = (slot + RING) * charge.limit.slotTicks;
    // What is shared may be used by longer windows as well.
    cells.until[place] = charge.used > 0 && cells.until[source] > until ? cells.until[source] : until;
    charge.source = place;
    charge.used += charge.cost;
  }

  /** Empties the slots that have come since the last count, and adds up the others. */
  private count(cell: number, slot: number, limit: Limit): number {
    const { counts } = this;
    const last = Math.floor(this.cells.until[cell] / limit.slotTicks) - RING;
    for (let gone = Math.max(last + 1, slot - WINDOW_SLOTS, 0); gone <= slot; gone++) {
      counts[cell * RING + (gone % RING)] = 0;
    }
    let sum = 0;
    for (let at = cell * RING; at < (cell + 1) * RING; at++) sum += counts[at];
    return sum;
  }

  /** Time until `gone` of the counted requests have left, the oldest slots first. */
  private waitUs({ source, limit }: Charge, slot: number, now: number, gone: number): number {
    let slots = 1;
    for (let left = gone; slots < RING; slots++) {
      left -= this.counts[source * RING + ((slot + slots) % RING)];
      if (left <= 0) break;
    }
    return Math.ceil(((slot + slots) * limit.slotTicks - now) / TICKS_PER_US);
  }
}
