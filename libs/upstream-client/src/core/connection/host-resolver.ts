import { lookup as resolveHost, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Resolve = (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;

/**
 * The addresses of one host name, asked for again after an interval. A name that cannot be resolved any more keeps the
 * addresses that it had; connections to one that it has no longer are told apart, and not used again.
 */
export class HostResolver {
  private addresses: readonly LookupAddress[] = [];
  private known = new Set<string>();
  private resolvedAt = -Infinity;
  private waiting: (() => void)[] | null = null;
  private failure: Error | null = null;

  /** @param resolve asks for all addresses of a host */
  constructor(
    private readonly host: string,
    private readonly intervalMs: number,
    private readonly resolve: Resolve = (name, done) => resolveHost(name, { all: true }, done),
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** For `net.connect`. */
  readonly lookup: LookupFunction = (_, options, callback) => {
    const answer = (): void => {
      const { family } = options;
      const wanted =
        family === 4 || family === 6 ? this.addresses.filter((one) => one.family === family) : this.addresses;
      if (wanted.length === 0) callback(this.failure ?? new NoAddress(), '', 0);
      else if (options.all === true) callback(null, [...wanted]);
      else callback(null, wanted[0].address, wanted[0].family);
    };
    if (this.now() - this.resolvedAt < this.intervalMs) process.nextTick(answer);
    else this.refresh(answer);
  };

  /** Asks again, in the background, when the interval has passed. */
  refreshWhenDue(now: number): void {
    if (now - this.resolvedAt >= this.intervalMs && this.addresses.length > 0) this.refresh(() => undefined);
  }

  /** Whether the name still stands for that address. True while nothing is known. */
  holds(address: string | undefined): boolean {
    return address === undefined || this.known.size === 0 || this.known.has(plain(address));
  }

  private refresh(then: () => void): void {
    if (this.waiting !== null) {
      this.waiting.push(then);
      return;
    }
    this.waiting = [then];
    this.resolve(this.host, (error, addresses) => {
      this.failure = error;
      if (error === null && addresses.length > 0) {
        this.addresses = addresses;
        this.known = new Set(addresses.map(({ address }) => plain(address)));
      }
      // Of a name that was never resolved, the next connection asks anew.
      if (this.addresses.length > 0) this.resolvedAt = this.now();
      const waiting = this.waiting ?? [];
      this.waiting = null;
      for (const waiter of waiting) waiter();
    });
  }
}

class NoAddress extends Error {
  readonly code = 'ENOTFOUND';
}

/** A mapped address without its prefix, since a socket may name it either way. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
