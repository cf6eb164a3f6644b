import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import { CountRing } from './count-ring.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerSettings {
  /** Share of failures from which on it opens, 1 to 100. */
  readonly failureRatePercent: number;
  /** Calls that the window must hold before it opens. */
  readonly volumeThreshold: number;
  /** Time that is looked back over, in milliseconds. */
  readonly windowMs: number;
  /** Time that it stays open before it tries again, in milliseconds. */
  readonly resetMs: number;
  /** Calls that are let through to find out, and must all succeed. */
  readonly halfOpenProbes: number;
}

export interface BreakerTransition {
  readonly name: string;
  readonly from: BreakerState;
  readonly to: BreakerState;
  /** An operator has ordered it. */
  readonly forced: boolean;
}

/** Given by `enter()` to a call that may not be made. */
export const REFUSED = -1;

const TOTAL = 0;
const FAILED = 1;

/**
 * A circuit breaker. opossum holds the state and the time until half-open; the counting is our own, since opossum's
 * `fire` wants a promise for each call and keeps every latency of the window (docs/decisions/0012).
 *
 * Every `enter()` that is not refused needs one `leave()`.
 */
export class Breaker {
  private readonly circuit: CircuitBreaker;
  private readonly ring: CountRing;
  private current: BreakerState = 'closed';
  private order: 'open' | 'closed' | null = null;
  private openedAt = 0;
  /** Counts transitions: what began under another state says nothing about this one. */
  private generation = 0;
  /** Probes under way or passed. */
  private probes = 0;
  private passed = 0;
  private probedAt = 0;
  /** Set while opossum is moved through a state that nobody should hear of. */
  private silent = false;

  /**
   * @param onTransition told of every change of the state, after it
   * @param now a clock in milliseconds that does not jump
   */
  constructor(
    readonly name: string,
    readonly settings: BreakerSettings,
    private readonly onTransition: (transition: BreakerTransition) => void = () => undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.ring = new CountRing(settings.windowMs);
    // Nothing is fired through it: no timeout, no statistics, and with a rotation that never comes no timer for them.
    this.circuit = new CircuitBreaker(() => Promise.resolve(), {
      name,
      timeout: false,
      resetTimeout: settings.resetMs,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      rotateBucketController: new EventEmitter(),
    });
    this.circuit.on('open', () => this.moved('open'));
    this.circuit.on('close', () => this.moved('closed'));
    this.circuit.on('halfOpen', () => {
      if (this.order === 'open') this.reopen();
      else this.moved('half-open');
    });
  }

  get state(): BreakerState {
    return this.current;
  }

  /** What an operator has ordered; null while it decides by itself. */
  get forced(): 'open' | 'closed' | null {
    return this.order;
  }

  /** Whether `enter()` would let a call through now. */
  get admits(): boolean {
    return this.current === 'closed' || (this.current === 'half-open' && this.mayProbe(this.now()));
  }

  /** Milliseconds until it is half-open; 0 unless it is open. One that is forced open says `resetMs`. */
  get retryInMs(): number {
    if (this.current !== 'open') return 0;
    if (this.order === 'open') return this.settings.resetMs;
    return Math.max(0, this.openedAt + this.settings.resetMs - this.now());
  }

  /** Calls in the window, and how many of them failed. */
  get counts(): { readonly total: number; readonly failed: number } {
    const now = this.now();
    return { total: this.ring.sum(TOTAL, now), failed: this.ring.sum(FAILED, now) };
  }

  /** Asks for a call. @returns a pass to give to `leave()`, or REFUSED */
  enter(): number {
    if (this.current === 'closed') return this.generation;
    if (this.current === 'open') return REFUSED;
    const now = this.now();
    if (!this.mayProbe(now)) return REFUSED;
    this.probes++;
    this.probedAt = now;
    return this.generation;
  }

  /** The call is over. */
  leave(pass: number, failed: boolean): void {
    if (pass !== this.generation) return;
    if (this.current === 'half-open') {
      if (failed) this.circuit.open();
      else if (++this.passed >= this.settings.halfOpenProbes) this.circuit.close();
      return;
    }
    const now = this.now();
    this.ring.add(TOTAL, now);
    if (!failed) return;
    this.ring.add(FAILED, now);
    this.judge(now);
  }

  /** The call is over and says nothing about the other side: its place as a probe is free again. */
  forgo(pass: number): void {
    if (pass === this.generation && this.current === 'half-open') this.probes--;
  }

  /** A call that left as a success has failed after all: its reply broke off. */
  revoke(pass: number): void {
    if (pass !== this.generation) return;
    if (this.current === 'half-open') {
      this.circuit.open();
      return;
    }
    const now = this.now();
    this.ring.add(FAILED, now);
    this.judge(now);
  }

  /**
   * Overrules it, or lets it decide by itself again (null). After a forced close it begins anew, closed; after a forced
   * open it stays open for `resetMs` and then tries, since nobody knows whether the other side has recovered.
   */
  force(order: 'open' | 'closed' | null): void {
    const before = this.order;
    if (order === before) return;
    this.order = order;
    if (order === 'open') this.circuit.open();
    else if (order === 'closed') this.circuit.close();
    else if (before === 'open') this.reopen();
    else this.ring.clear();
  }

  /** Ends its timer. */
  stop(): void {
    this.circuit.shutdown();
  }

  /** A probe that takes for ever, such as an upload that trickles in, must not keep everybody else out. */
  private mayProbe(now: number): boolean {
    return this.probes < this.settings.halfOpenProbes || now - this.probedAt >= this.settings.resetMs;
  }

  private judge(now: number): void {
    const { failureRatePercent, volumeThreshold } = this.settings;
    const total = this.ring.sum(TOTAL, now);
    if (this.order !== null || total < volumeThreshold) return;
    if (this.ring.sum(FAILED, now) * 100 >= failureRatePercent * total) this.circuit.open();
  }

  /** Lets the time that it is open begin anew. Only by closing does opossum forget the timer that runs. */
  private reopen(): void {
    this.silent = true;
    this.circuit.close();
    this.circuit.open();
    this.silent = false;
    this.openedAt = this.now();
  }

  private moved(to: BreakerState): void {
    const from = this.current;
    if (this.silent || from === to) return;
    this.current = to;
    this.generation++;
    this.probes = this.passed = 0;
    if (to === 'open') this.openedAt = this.now();
    if (to === 'closed') this.ring.clear();
    this.onTransition({ name: this.name, from, to, forced: this.order !== null });
  }
}
