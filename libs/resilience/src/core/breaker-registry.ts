import { Breaker, type BreakerSettings, type BreakerTransition } from './breaker.js';

/** Breakers by name. */
export class BreakerRegistry {
  private readonly breakers: ReadonlyMap<string, Breaker>;

  constructor(
    settings: Readonly<Record<string, BreakerSettings>>,
    onTransition?: (transition: BreakerTransition) => void,
    now?: () => number,
  ) {
    this.breakers = new Map(
      Object.entries(settings).map(([name, own]) => [name, new Breaker(name, own, onTransition, now)]),
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
