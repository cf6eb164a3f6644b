import { Breaker, type BreakerSettings, type BreakerTransition } from './breaker.js';
import { SharedBreaker } from './shared-breaker.js';
import type { WorkerMemory } from './worker-memory.js';

/** A breaker of this worker alone, or of several. */
export type AnyBreaker = Pick<Breaker, keyof Breaker>;

/** What settings leave out: the defaults of the gateway. */
function completed({
  failureRatePercent = 50,
  volumeThreshold = 20,
  windowMs = 10_000,
  resetMs = 30_000,
  halfOpenProbes = 1,
}: Partial<BreakerSettings>): BreakerSettings {
  return { failureRatePercent, volumeThreshold, windowMs, resetMs, halfOpenProbes };
}

/** Breakers by name. */
export class BreakerRegistry {
  private readonly breakers: ReadonlyMap<string, AnyBreaker>;

  /**
   * @param settings by name. Defaults: 50 % of at least 20 calls in 10 s open it, for 30 s, and one probe closes it
   * @param onTransition told once of each change: with workers, in the one that has made it
   * @param now a clock in milliseconds that does not jump, the same for all workers
   * @param memory what the workers have in common; null when this one is alone
   */
  constructor(
    settings: Readonly<Record<string, Partial<BreakerSettings>>>,
    onTransition: (transition: BreakerTransition) => void = () => undefined,
    now: () => number = () => performance.now(),
    memory: WorkerMemory | null = null,
  ) {
    const breakerOf = (name: string, own: BreakerSettings): AnyBreaker =>
      memory === null
        ? new Breaker(name, own, onTransition, now)
        : new SharedBreaker(name, own, { memory, name: `breakers/${name}` }, onTransition, now);
    this.breakers = new Map(Object.entries(settings).map(([name, own]) => [name, breakerOf(name, completed(own))]));
  }

  get(name: string): AnyBreaker | undefined {
    return this.breakers.get(name);
  }

  all(): AnyBreaker[] {
    return [...this.breakers.values()];
  }

  stop(): void {
    for (const breaker of this.breakers.values()) breaker.stop();
  }
}
