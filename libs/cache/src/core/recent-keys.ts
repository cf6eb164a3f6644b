/** Keys that were noted a short while ago. Bounded: the oldest go first. */
export class RecentKeys {
  private readonly until = new Map<string, number>();

  /**
   * @param most keys held
   * @param keptMs how long a key is remembered
   */
  constructor(
    private readonly most: number,
    private readonly keptMs: number,
  ) {}

  get size(): number {
    return this.until.size;
  }

  note(key: string, nowMs: number): void {
    this.until.delete(key);
    if (this.until.size >= this.most) {
      for (const oldest of this.until.keys()) {
        this.until.delete(oldest);
        break;
      }
    }
    this.until.set(key, nowMs + this.keptMs);
  }

  has(key: string, nowMs: number): boolean {
    if (this.until.size === 0) return false;
    const until = this.until.get(key);
    if (until === undefined) return false;
    if (until > nowMs) return true;
    this.until.delete(key);
    return false;
  }

  forget(key: string): void {
    this.until.delete(key);
  }
}
