import { Breaker, Bulkhead, RetryBudget, type BreakerState } from '@app/resilience';
import type { GatewayConfig } from '../../config/schema/gateway.schema.js';
import type { VirtualTime } from '../clock/virtual-time.js';
import type { BreakerResult, UpstreamResult } from '../result/simulation-result.js';

/** The policies of an upstream on virtual time, and what is seen of it. */
export class SimulatedUpstream {
  readonly breaker: Breaker | null;
  readonly bulkhead: Bulkhead | null;
  readonly budget: RetryBudget | null;
  /** Time to the head of a reply; Infinity for no limit. */
  readonly headersMs: number;
  /** Time for the whole exchange; Infinity for no limit. */
  readonly totalMs: number;
  tries = 0;
  failedTries = 0;
  active = 0;
  private activePeak = 0;
  private queuePeak = 0;
  private queuePeakAtMs = 0;
  private readonly transitions: { readonly atMs: number; readonly to: BreakerState }[] = [];

  /** Timers of the policies have to be those of the same time. */
  constructor(
    readonly name: string,
    { upstreams, circuitBreaker }: GatewayConfig,
    private readonly time: VirtualTime,
  ) {
    const { breaker, bulkhead, retry, timeouts } = upstreams[name];
    const { now } = time;
    this.breaker =
      breaker === null || !circuitBreaker.enabled
        ? null
        : new Breaker(name, breaker, ({ to }) => void this.transitions.push({ atMs: now(), to }), now);
    this.bulkhead = bulkhead === null ? null : new Bulkhead(bulkhead, now);
    this.budget = retry === null ? null : new RetryBudget(retry.budgetPercent, retry.budgetMinPerS);
    this.headersMs = timeouts.headersMs === 0 ? Infinity : timeouts.headersMs;
    this.totalMs = timeouts.totalMs ?? Infinity;
  }

  /** To be told after a request has come in or has begun to wait. */
  look(): void {
    if (this.active > this.activePeak) this.activePeak = this.active;
    const waiting = this.bulkhead?.waiting ?? 0;
    if (waiting <= this.queuePeak) return;
    this.queuePeak = waiting;
    this.queuePeakAtMs = this.time.nowMs;
  }

  result(endMs: number): UpstreamResult {
    const { name, tries, failedTries, activePeak, queuePeak, queuePeakAtMs, breaker } = this;
    return {
      name,
      tries,
      failedTries,
      activePeak,
      queuePeak,
      queuePeakAtMs,
      breaker: breaker === null ? null : this.breakerResult(endMs),
    };
  }

  private breakerResult(endMs: number): BreakerResult {
    const { transitions } = this;
    let openMs = 0;
    for (const [i, { atMs, to }] of transitions.entries()) {
      if (to !== 'closed') openMs += Math.max(0, (transitions[i + 1]?.atMs ?? endMs) - atMs);
    }
    return { openings: transitions.filter(({ to }) => to === 'open').length, openMs, transitions };
  }
}
