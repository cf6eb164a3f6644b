import type { WholeProcess } from '../workers/whole-process.js';

/** Question that has a worker drop what bears one of some tags. It answers how many entries went. */
export const CACHE_DROP = 'cache.drop';

/**
 * Tells the other workers, each of which has a memory of its own, what was invalidated in this one. What comes together
 * in one turn of the loop is told together: a burst of writes must not become a burst of messages.
 */
export class InvalidationNotice {
  private tags = new Set<string>();

  constructor(private readonly whole: WholeProcess) {}

  add(tags: readonly string[]): void {
    if (this.tags.size === 0) setImmediate(() => this.tell());
    for (const tag of tags) this.tags.add(tag);
  }

  private tell(): void {
    const tags = [...this.tags];
    this.tags = new Set();
    this.whole.tell(CACHE_DROP, tags);
  }
}
