import type { VerificationKey } from './verification-key.js';

export interface MemoryLimits {
  /** Tokens held at once; 0 remembers none. */
  readonly entriesMax: number;
  /** Bytes held at once, by estimate. */
  readonly bytesMax: number;
}

class Entry<T> {
  /** Asked for since it was last considered for eviction. */
  used = false;

  constructor(
    readonly value: T,
    readonly untilMs: number,
    readonly key: VerificationKey,
    readonly bytes: number,
  ) {}
}

/** Entries that are passed over for a used one, before one is evicted anyway: eviction takes bounded time. */
const SPARED_MAX = 8;
// By measurement, with twice the room that usual claims take. Claims of nothing but empty lists and objects take four
// times as much, but only an issuer can make them.
const ENTRY_BYTES = 1024;
const BYTES_PER_CHARACTER = 4;

/**
 * Remembers tokens that were verified, and nothing else: whoever cannot sign can neither fill it nor push others out.
 * When it is full, the oldest entry goes that was not asked for of late (second chance).
 *
 * Tokens are keys of a Map: how long a look-up takes tells nothing, since V8 hashes with a seed of the process and
 * compares only texts with equal hashes.
 */
export class TokenMemory<T> {
  private readonly entries = new Map<string, Entry<T>>();
  private bytes = 0;

  constructor(private readonly limits: MemoryLimits) {}

  get size(): number {
    return this.entries.size;
  }

  /** What was found when the token was verified; undefined when that counts no longer, or was never. */
  recall(token: string, nowMs: number): T | undefined {
    const entry = this.entries.get(token);
    if (entry === undefined) return undefined;
    if (nowMs >= entry.untilMs || entry.key.removed) {
      this.forget(token, entry);
      return undefined;
    }
    entry.used = true;
    return entry.value;
  }

  /** @param untilMs time from which on the token must be verified again, in milliseconds since 1970 */
  remember(token: string, value: T, untilMs: number, key: VerificationKey): void {
    const { entriesMax, bytesMax } = this.limits;
    const bytes = token.length * BYTES_PER_CHARACTER + ENTRY_BYTES;
    if (bytes > bytesMax || entriesMax === 0) return;
    const known = this.entries.get(token);
    if (known !== undefined) this.forget(token, known);
    while (this.entries.size >= entriesMax || this.bytes + bytes > bytesMax) this.evict();
    this.entries.set(token, new Entry(value, untilMs, key, bytes));
    this.bytes += bytes;
  }

  private evict(): void {
    let spared = 0;
    for (const [token, entry] of this.entries) {
      if (!entry.used || spared === SPARED_MAX) {
        this.forget(token, entry);
        return;
      }
      spared++;
      entry.used = false;
      // To the end of the order.
      this.entries.delete(token);
      this.entries.set(token, entry);
    }
  }

  private forget(token: string, entry: Entry<T>): void {
    this.entries.delete(token);
    this.bytes -= entry.bytes;
  }
}
