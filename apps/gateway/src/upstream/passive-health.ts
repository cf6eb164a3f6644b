import type { UpstreamConfig } from '../config/schema/gateway.schema.js';

type Settings = NonNullable<UpstreamConfig['passiveHealth']>;

/**
 * Judges one target by its traffic: so many failures in a row eject it for a while, a longer one each time it happens
 * again (as Envoy's outlier detection does).
 */
export class PassiveHealth {
  private failures = 0;
  private times = 0;
  private returnedAt = -Infinity;
  private timer: NodeJS.Timeout | null = null;

  /**
   * @param onChange told after the target has gone (for `ejectedForMs`, `times` in a row) or has come back (0)
   * @param now a clock in milliseconds that does not jump
   */
  constructor(
    private readonly settings: Settings,
    private readonly onChange: (ejectedForMs: number, times: number) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get ejected(): boolean {
    return this.timer !== null;
  }

  passed(): void {
    this.failures = 0;
  }

  /** What an ejected target still fails at was begun before, or in panic: it does not count. */
  failed(): void {
    if (this.timer === null && ++this.failures >= this.settings.failuresInRow) this.eject();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
  }

  private eject(): void {
    const { ejectMs, ejectMaxMs } = this.settings;
    this.failures = 0;
    this.times = this.now() - this.returnedAt >= ejectMaxMs ? 1 : this.times + 1;
    const forMs = Math.min(ejectMs * this.times, ejectMaxMs);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.returnedAt = this.now();
      this.onChange(0, this.times);
    }, forMs);
    this.timer.unref();
    this.onChange(forMs, this.times);
  }
}
