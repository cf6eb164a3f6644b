import type { BreakerState } from '@app/resilience';
import type { CountedSeries, PeakSeries } from './timeline.js';

/** What a simulation has found. Of each route: offered = answered + failed + unanswered + all that was refused. */
export interface SimulationResult {
  readonly traffic: string;
  readonly seed: number;
  /** Revision of the configuration. */
  readonly revision: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly routes: readonly RouteResult[];
  readonly upstreams: readonly UpstreamResult[];
  readonly timeline: TimelineResult;
  /** What the configuration has and the simulation leaves out. */
  readonly notes: readonly string[];
}

export interface RouteResult {
  readonly id: string;
  readonly offered: number;
  /** Replies below 500. */
  readonly answered: number;
  /** Replies of 500 and above, and those that the gateway gives for an upstream that does not answer. */
  readonly failed: number;
  readonly failedByStatus: Readonly<Record<string, number>>;
  /** Still waiting when nothing could happen any more: no timeout ends them. */
  readonly unanswered: number;
  readonly refused: number;
  /** By what refused: `limit NAME`, `bulkhead`, `bulkhead timeout`, `breaker`. */
  readonly refusedBy: Readonly<Record<string, number>>;
  /** What limits in shadow would have refused, by their name. */
  readonly shadowed: Readonly<Record<string, number>>;
  /** Requests that waited for a place in a bulkhead. */
  readonly queued: number;
  readonly retries: number;
  /** Retries that the budget did not allow. */
  readonly retriesDenied: number;
  /** Time until the reply, of requests that were answered or failed; null when there were none. */
  readonly latencyMs: {
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
  /** Whether the route kept its budget; null without one. */
  readonly budget: BudgetResult | null;
}

export interface BudgetResult {
  readonly p95Ms: number;
  readonly errorRatePercent: number;
  /** Share of the requests that ended with 500 or above, refusals of bulkheads and breakers included. */
  readonly errorsPercent: number;
  readonly kept: boolean;
}

export interface UpstreamResult {
  readonly name: string;
  readonly tries: number;
  readonly failedTries: number;
  /** Most requests at once that had a place, waits between tries included. */
  readonly activePeak: number;
  readonly queuePeak: number;
  readonly queuePeakAtMs: number;
  /** null without a breaker. */
  readonly breaker: BreakerResult | null;
}

export interface BreakerResult {
  readonly openings: number;
  /** Time in all that it was open or half-open, up to the end. */
  readonly openMs: number;
  readonly transitions: readonly { readonly atMs: number; readonly to: BreakerState }[];
}

export interface TimelineResult {
  readonly columnMs: number;
  readonly series: Readonly<Record<CountedSeries | PeakSeries, readonly number[]>>;
}
