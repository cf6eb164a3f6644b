/** Something that takes bytes from strangers, and what must hold for all of them. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with. */
  readonly seeds: readonly Buffer[];
  /** Runs of bytes that mean something there. */
  readonly dictionary: readonly string[];
  /** Longest input. */
  readonly bytesMax: number;
  /** Throws when something does not hold. What it returns without throwing was taken or refused rightly. */
  run(input: Buffer): void;
  /** What is too slow for every input: asked for those that found a new way, and when a corpus is replayed. */
  compare?(input: Buffer): Promise<void>;
}

/** What does not hold. */
class Finding extends Error {
  override readonly name = 'Finding';

  constructor(what: string, details: object) {
    super(`${what}\n${JSON.stringify(details, null, 1)}`);
  }
}

/** @throws Finding when the two do not look alike in JSON */
export function demandSame(what: string, ours: unknown, theirs: unknown, more: object = {}): void {
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) throw new Finding(what, { ours, theirs, ...more });
}

/** @throws Finding */
export function demand(holds: boolean, what: string, details: () => object): void {
  if (!holds) throw new Finding(what, details());
}
