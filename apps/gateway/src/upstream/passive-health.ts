import type { UpstreamConfig } from '../config/schema/gateway.schema.js';
import type { TargetStanding } from './target-standing.js';

type Settings = NonNullable<UpstreamConfig['passiveHealth']>;

/**
 * Judges one target by its traffic: so many failures in a row eject it for a while, a longer one each time it happens
 * again (as Envoy's outlier detection does). Workers judge together: failures of any of them count.
 */
export class PassiveHealth {
  private timer: NodeJS.Timeout | null = null;

  /**
   * @param onChange told after the target has gone (for `ejectedForMs`, `times` in a row) or has come back (0), in the
   *   worker that has made it so
   * @param now a clock in milliseconds that does not jump, the same for all workers
   */
  constructor(
    private readonly settings: Settings,
    private readonly standing: TargetStanding,
    private readonly onChange: (ejectedForMs: number, times: number) => void,
    private readonly now: () => number,
  ) {}

  get ejected(): boolean {
    return this.standing.ejected;
  }

  passed(): void {
    this.standing.passed();
  }

  /** What an ejected target still fails at was begun before, or in panic: it does not count. */
  failed(): void {
    if (!this.standing.ejected && this.standing.failed() >= this.settings.failuresInRow) this.eject();
  }

  /** Takes the target back when its time is over, whichever worker has ejected it: that one may have ended. */
  watch(): void {
    if (this.timer !== null || !this.standing.ejected) return;
    const leftMs = this.standing.ejectedUntil - this.now();
    this.timer = setTimeout(() => this.takeBack(), Math.max(1, Math.ceil(leftMs)));
    this.timer.unref();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private eject(): void {
    const { settings, standing } = this;
    const now = this.now();
    const times = now - standing.returnedAt >= settings.ejectMaxMs ? 1 : standing.ejections + 1;
    const forMs = Math.min(settings.ejectMs * times, settings.ejectMaxMs);
    if (!standing.eject(now + forMs, times)) return;
    // One of an earlier ejection, which another worker has ended, would come too early.
    this.stop();
    this.watch();
    this.onChange(forMs, times);
  }

  private takeBack(): void {
    this.timer = null;
    const now = this.now();
    const { standing } = this;
    // A timer may be a moment early, and another worker may have ejected the target anew.
    if (now < standing.ejectedUntil) this.watch();
    else if (standing.takeBack(now)) this.onChange(0, standing.ejections);
  }
}
