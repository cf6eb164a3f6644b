import { NAME_MAX, NameTable } from './name-table.js';
import type { MemoryPlace } from './worker-memory.js';

/**
 * Gives small numbers to values as they first appear, up to a limit; later ones share the slot 0, called `other`. This
 * keeps the series of a label bounded, whatever clients and upstreams send.
 */
export class Slots {
  private readonly names: string[] = ['other'];
  private readonly byValue = new Map<string | number, number>();
  /** Slots for the values that were not known before, when the workers have them in common. */
  private readonly table: NameTable | null;
  private readonly tableFrom: number;
  private full = false;

  /**
   * @param most slots in all, `other` among them
   * @param known values that have a slot from the start, so that odd ones cannot take it from them
   * @param shared where the workers agree on the other ones; null when this one is alone
   */
  constructor(
    private readonly most: number,
    known: Iterable<string | number> = [],
    shared: MemoryPlace | null = null,
  ) {
    for (const value of known) if (this.names.length < most) this.add(value, this.names.length);
    this.tableFrom = this.names.length;
    this.table = shared === null ? null : new NameTable(shared, Math.max(0, most - this.tableFrom));
  }

  of(value: string | number): number {
    return this.byValue.get(value) ?? this.assign(value);
  }

  name(slot: number): string {
    return this.names[slot] ?? this.table?.nameOf(slot - this.tableFrom) ?? 'other';
  }

  private assign(value: string | number): number {
    const { table } = this;
    if (table === null) return this.names.length >= this.most ? 0 : this.add(value, this.names.length);
    const name = String(value).slice(0, NAME_MAX);
    if (this.full) return this.byValue.get(name) ?? 0;
    const number = table.numberOf(name);
    if (number >= 0) {
      this.add(name, this.tableFrom + number);
      return this.add(value, this.tableFrom + number);
    }
    // All that the others have given is known from now on: no look at the table can find anything new.
    for (let taken = 0; taken < table.size; taken++) {
      const given = table.nameOf(taken);
      if (given !== null) this.add(given, this.tableFrom + taken);
    }
    this.full = true;
    return 0;
  }

  private add(value: string | number, slot: number): number {
    this.names[slot] ??= String(value);
    this.byValue.set(value, slot);
    return slot;
  }
}
