import type { CellLocks } from './cell-locks.js';

/** Cells that a key may lie in: 16 neighbours, whose tags fill two cache lines. */
const WAYS = 16;
/** Cells that keys share when their neighbourhood is full. */
const OVERFLOW = 16_384;
/** Of these, how many one policy has for itself, as long as there are no more than 1,024 policies. */
const OVERFLOW_OF_POLICY = 16;

/**
 * Where keys keep what they have used: a fixed number of cells, in two typed arrays that nothing grows and nothing
 * sweeps.
 *
 * A cell is free once its `until` has passed: what it held has recovered whole, and forgetting it changes nothing.
 * Cells that are not free are never given away. A new key whose neighbourhood has no free cell takes an overflow cell
 * that it shares with others, and when it finds a free one later, it begins there with what the shared one says: it is
 * limited more strictly then, and never less. So a flood of keys cannot wash a limited client out of the table, and no
 * client gets a fresh limit by being moved or forgotten.
 *
 * With workers, the memory is theirs in common. A neighbourhood is then touched only by the one that has its lock, and
 * an overflow cell only by the one that has theirs.
 */
export class CellTable {
  /** Cells of keys of their own, before those that are shared. */
  private readonly own: number;
  private readonly sets: number;
  /** The two halves of each key's hash. */
  private readonly tags: Int32Array;
  /** Time in ticks from which the cell is as good as new. */
  readonly until: Float64Array;
  /** Second result of find(): the cell that says what the key has used. */
  source = 0;

  /**
   * @param keysMax keys that find a place of their own; twice the cells are made, so that neighbourhoods seldom fill
   * @param region where the cells lie: zeroed bytes by name
   * @param locks what the workers that share the cells hold while they touch them; null when there is one
   */
  constructor(
    keysMax: number,
    region: (name: string, bytes: number) => ArrayBufferLike,
    private readonly locks: CellLocks | null,
  ) {
    const sets = neighbourhoods(keysMax);
    this.own = sets * WAYS;
    this.sets = sets - 1;
    this.tags = new Int32Array(region('tags', this.own * 2 * Int32Array.BYTES_PER_ELEMENT));
    this.until = new Float64Array(region('until', (this.own + OVERFLOW) * Float64Array.BYTES_PER_ELEMENT));
  }

  /** All cells, shared ones included. */
  get cells(): number {
    return this.until.length;
  }

  /**
   * @returns the key's cell; for a new key a free one, which is not its own before claim(), or one that is shared.
   *   `source` is the same cell for a known key; for a new one the shared cell as long as that is in use
   */
  find(high: number, low: number, policy: number, now: number): number {
    const { tags, until } = this;
    const first = (high & this.sets) * WAYS;
    let free = -1;
    for (let cell = first; cell < first + WAYS; cell++) {
      if (tags[cell * 2] === high && tags[cell * 2 + 1] === low) {
        this.source = cell;
        return cell;
      }
      if (free < 0 && until[cell] <= now) free = cell;
    }
    const shared = this.own + ((policy * OVERFLOW_OF_POLICY + (low & (OVERFLOW_OF_POLICY - 1))) & (OVERFLOW - 1));
    if (free >= 0 && until[shared] <= now) {
      // Read without its lock, it may be a moment old; what this key has put there is not, since it has its own lock.
      this.source = free;
      return free;
    }
    this.locks?.takeOverflow();
    this.source = shared;
    return free >= 0 ? free : shared;
  }

  /** Whether what the cell holds belongs to the key. */
  holds(cell: number, high: number, low: number): boolean {
    return cell >= this.own || (this.tags[cell * 2] === high && this.tags[cell * 2 + 1] === low);
  }

  /** Makes a free cell that of the key. */
  claim(cell: number, high: number, low: number): void {
    if (cell >= this.own) return;
    this.tags[cell * 2] = high;
    this.tags[cell * 2 + 1] = low;
  }

  /** Cells that are in use. It looks at all of them: for a scrape, not for a request. */
  held(now: number): number {
    const { until } = this;
    let held = 0;
    for (let cell = 0; cell < until.length; cell++) if (until[cell] > now) held++;
    return held;
  }
}

/** In how many neighbourhoods the cells for so many keys lie. */
export function neighbourhoods(keysMax: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2((keysMax * 2) / WAYS)));
}
