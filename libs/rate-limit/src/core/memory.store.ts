import { CellLocks } from './cell-locks.js';
import { CellTable, neighbourhoods } from './cell-table.js';
import type { Charge } from './charge.js';
import { TICKS_PER_MS, TICKS_PER_US, type Limit } from './limit.js';
import { WindowTable } from './window-table.js';
import type { WorkerMemory } from './worker-memory.js';

export interface MemoryStoreOptions {
  /** Keys that are told apart at once; beyond that, new ones share. Default 65,536. */
  readonly keysMax?: number;
  /** A clock in milliseconds that never goes back, the same for all workers. Default: that of this thread. */
  readonly now?: () => number;
  /** What it shares with the stores of that name in other workers. Default null: there are none. */
  readonly memory?: WorkerMemory | null;
  /** Default `limits`. */
  readonly name?: string;
}

/**
 * Limits in the memory of this process. It decides at once, without garbage and timers, and without locks as long as
 * the memory is its own. With workers it decides as one store would that all of them asked in turn; their policies
 * must have the same numbers, and their keys the same hashes.
 */
export class MemoryStore {
  private readonly keysMax: number;
  private readonly now: () => number;
  private readonly memory: WorkerMemory | null;
  private readonly name: string;
  private readonly locks: CellLocks | null;
  private readonly cells: CellTable;
  private windows: WindowTable | null = null;
  private readonly policies = new Map<string, number>();

  constructor({
    keysMax = 65_536,
    now = () => performance.now(),
    memory = null,
    name = 'limits',
  }: MemoryStoreOptions = {}) {
    this.keysMax = keysMax;
    this.now = now;
    this.memory = memory;
    this.name = name;
    this.locks = memory === null ? null : new CellLocks(memory, name, neighbourhoods(keysMax));
    this.cells = new CellTable(keysMax, this.regionOf('cells'), this.locks);
  }

  /**
   * A small number for a policy, the same for the same name as long as the process lives.
   *
   * @param limit that the policy will ask for: place for it is made here rather than at the first request
   */
  policyNumber(name: string, limit?: Limit): number {
    if (limit?.sliding === true) this.windows ??= this.windowTable();
    const known = this.policies.get(name) ?? this.policies.size;
    this.policies.set(name, known);
    return known;
  }

  /** Keys that are remembered: those that have not recovered whole. */
  held(): number {
    const now = this.ticks();
    return this.cells.held(now) + (this.windows?.held(now) ?? 0);
  }

  /**
   * Decides one request under all its limits: either all of them are charged, or none. A refusal changes nothing, so
   * that it puts no recovery off. What became of each stands in its charge.
   *
   * @returns whether the request is let through
   */
  decide(charges: readonly Charge[]): boolean {
    const { locks } = this;
    if (locks === null) return this.decideAlone(charges, true);
    locks.take(charges);
    try {
      return this.decideAlone(charges, true);
    } finally {
      locks.give();
    }
  }

  /** As decide(), and charges nothing. */
  peek(charges: readonly Charge[]): boolean {
    const { locks } = this;
    locks?.take(charges);
    try {
      return this.decideAlone(charges, false);
    } finally {
      locks?.give();
    }
  }

  private decideAlone(charges: readonly Charge[], charging: boolean): boolean {
    const now = this.ticks();
    const admitted = this.lookAll(charges, now);
    this.settleAll(charges, now, admitted && charging);
    return admitted;
  }

  private lookAll(charges: readonly Charge[], now: number): boolean {
    let admitted = true;
    for (let i = 0; i < charges.length; i++) {
      const charge = charges[i];
      if (charge.limit.sliding) (this.windows ??= this.windowTable()).look(charge, now);
      else this.look(charge, now);
      if (charge.refused && !charge.shadow) admitted = false;
    }
    return admitted;
  }

  private settleAll(charges: readonly Charge[], now: number, admitted: boolean): void {
    for (let i = 0; i < charges.length; i++) {
      const charge = charges[i];
      const taken = admitted && !charge.refused;
      if (charge.limit.sliding) this.windows?.settle(charge, now, taken);
      else this.settle(charge, now, taken);
    }
  }

  private ticks(): number {
    return Math.floor(this.now() * TICKS_PER_MS);
  }

  private look(charge: Charge, now: number): void {
    const { cells } = this;
    const { limit } = charge;
    charge.cell = cells.find(charge.high, charge.low, charge.policy, now);
    const left = cells.until[cells.source] - now;
    charge.used = left > 0 ? left : 0;
    charge.refused = charge.used + charge.cost * limit.unitTicks > limit.capacityTicks;
  }

  private settle(charge: Charge, now: number, taken: boolean): void {
    const { unitTicks, capacityTicks, burst } = charge.limit;
    const price = charge.cost * unitTicks;
    charge.waitUs = charge.refused ? Math.ceil((charge.used + price - capacityTicks) / TICKS_PER_US) : 0;
    if (taken) this.take(charge, now, price);
    const room = capacityTicks - charge.used;
    const remaining = room > 0 ? Math.floor(room / unitTicks) : 0;
    charge.remaining = remaining;
    const next = remaining < burst ? (remaining + 1) * unitTicks - room : unitTicks;
    charge.nextUs = Math.ceil(next / TICKS_PER_US);
  }

  private take(charge: Charge, now: number, price: number): void {
    const { cells } = this;
    const { cell, high, low } = charge;
    // A free cell may have become that of another limit of the same request meanwhile.
    if (cells.until[cell] > now && !cells.holds(cell, high, low)) this.look(charge, now);
    const place = charge.cell;
    cells.claim(place, high, low);
    const paid = now + charge.used + price;
    cells.until[place] = paid;
    charge.used = paid - now;
  }

  private windowTable(): WindowTable {
    return new WindowTable(this.keysMax, this.regionOf('windows'), this.locks);
  }

  private regionOf(table: string): (name: string, bytes: number) => ArrayBufferLike {
    const { memory, name } = this;
    if (memory === null) return (_, bytes) => new ArrayBuffer(bytes);
    return (part, bytes) => memory.region(`${name}/${table}/${part}`, bytes);
  }
}
