import { Charge, hashAddress, KeyHash, Limit, MemoryStore, type WorkerMemory } from '@app/rate-limit';

/** Wrong tokens that an address may show at once; one more every six seconds. */
const WRONG_AT_ONCE = 10;
const WINDOW_MS = 60_000;
/** Addresses that are told apart. */
const ADDRESSES_MAX = 4_096;

/** Counts wrong management tokens by address (IPv6 by /64), so that guessing one takes for ever. */
export class TokenGuesses {
  private readonly store: MemoryStore;
  private readonly hash: KeyHash;
  private readonly charge: Charge;

  /**
   * @param now a clock in milliseconds that never goes back, the same for all workers
   * @param memory what the workers have in common, so that they count guesses together; null when this one is alone
   */
  constructor(now: () => number = () => performance.now(), memory: WorkerMemory | null = null) {
    this.hash = memory === null ? new KeyHash() : KeyHash.sharedBy(memory);
    this.store = new MemoryStore({ keysMax: ADDRESSES_MAX, now, memory, name: 'token-guesses' });
    const limit = new Limit({ burst: WRONG_AT_ONCE, windowMs: WINDOW_MS });
    this.charge = new Charge(this.store.policyNumber('management-token'), limit);
  }

  /** Whether a token from that address is looked at; also a right one is not, as long as it could be a guess. */
  mayGuess(address: string): boolean {
    return this.store.peek([this.of(address)]);
  }

  wrong(address: string): void {
    this.store.decide([this.of(address)]);
  }

  private of(address: string): Charge {
    this.hash.begin();
    hashAddress(this.hash, address);
    this.hash.end();
    this.charge.high = this.hash.high;
    this.charge.low = this.hash.low;
    return this.charge;
  }
}
