import { Breaker, type BreakerSettings, type BreakerTransition } from './breaker.js';

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
  private readonly breakers: ReadonlyMap<string, Breaker>;

  /**
   * @param settings by name. Defaults: 50 % of at least 20 calls in 10 s open it, for 30 s, and one probe closes it
   */
  constructor(
    settings: Readonly<Record<string, Partial<BreakerSettings>>>,
    onTransition?: (transition: BreakerTransition) => void,
    now?: () => number,
  ) {
    this.breakers = new Map(
      Object.entries(settings).map(([name, own]) => [name, new Breaker(name, completed(own), onTransition, now)]),
    );
  }

  get(name: string): Breaker | undefined {
    return this.breakers.get(name);
  }

  all(): Breaker[] {
    return [...this.breakers.values()];
  }

  stop(): void {
    for (const breaker of this.breakers.values()) breaker.stop();
  }
}
