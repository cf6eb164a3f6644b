/** Which keys bear a tag. Most tags have one key, which then needs no set of its own. */
export class TagIndex {
  private readonly keys = new Map<string, string | Set<string>>();

  add(tag: string, key: string): void {
    const held = this.keys.get(tag);
    if (held === undefined) this.keys.set(tag, key);
    else if (typeof held !== 'string') held.add(key);
    else if (held !== key) this.keys.set(tag, new Set([held, key]));
  }

  remove(tag: string, key: string): void {
    const held = this.keys.get(tag);
    if (held === key) this.keys.delete(tag);
    else if (held instanceof Set) {
      held.delete(key);
      if (held.size === 0) this.keys.delete(tag);
    }
  }

  /** A copy: entries may be deleted while it is walked. */
  of(tag: string): readonly string[] {
    const held = this.keys.get(tag);
    if (held === undefined) return [];
    return typeof held === 'string' ? [held] : [...held];
  }

  clear(): void {
    this.keys.clear();
  }
}
