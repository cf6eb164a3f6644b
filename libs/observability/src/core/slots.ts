/**
 * Gives small numbers to values as they first appear, up to a limit; later ones share the slot 0, called `other`. This
 * keeps the series of a label bounded, whatever clients and upstreams send.
 */
export class Slots {
  private readonly names: string[] = ['other'];
  private readonly byValue = new Map<string | number, number>();

  /**
   * @param most slots in all, `other` among them
   * @param known values that have a slot from the start, so that odd ones cannot take it from them
   */
  constructor(
    private readonly most: number,
    known: Iterable<string | number> = [],
  ) {
    for (const value of known) this.of(value);
  }

  of(value: string | number): number {
    return this.byValue.get(value) ?? this.assign(value);
  }

  name(slot: number): string {
    return this.names[slot];
  }

  private assign(value: string | number): number {
    if (this.names.length >= this.most) return 0;
    const slot = this.names.push(String(value)) - 1;
    this.byValue.set(value, slot);
    return slot;
  }
}
