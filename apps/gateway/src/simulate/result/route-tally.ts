import { LatencyHistogram } from './latency-histogram.js';
import type { RouteBudget } from '../../config/route-budget.js';
import type { BudgetResult, RouteResult } from './simulation-result.js';

/** Counts what becomes of the requests of one route. */
export class RouteTally {
  offered = 0;
  answered = 0;
  queued = 0;
  retries = 0;
  retriesDenied = 0;
  readonly latency = new LatencyHistogram();
  private readonly failed = new Map<string, number>();
  private readonly refused = new Map<string, number>();
  private readonly shadowed = new Map<string, number>();

  /** Refusals that are failures of the gateway or of what is behind it, and not of the client: 503. */
  private overloaded = 0;

  constructor(
    readonly id: string,
    private readonly budget: RouteBudget | null,
  ) {}

  fail(status: number): void {
    count(this.failed, String(status));
  }

  /** @param limited whether a limit refuses, which is 429 and no error */
  refuse(by: string, limited: boolean): void {
    if (!limited) this.overloaded++;
    count(this.refused, by);
  }

  shadow(policy: string): void {
    count(this.shadowed, policy);
  }

  result(): RouteResult {
    const { id, offered, answered, queued, retries, retriesDenied, latency } = this;
    const [failed, refused] = [sum(this.failed), sum(this.refused)];
    return {
      id,
      offered,
      answered,
      failed,
      failedByStatus: Object.fromEntries(this.failed),
      unanswered: offered - answered - failed - refused,
      refused,
      refusedBy: Object.fromEntries(this.refused),
      shadowed: Object.fromEntries(this.shadowed),
      queued,
      retries,
      retriesDenied,
      latencyMs: { p50: latency.quantile(0.5), p95: latency.quantile(0.95), p99: latency.quantile(0.99) },
      budget: this.budget === null ? null : this.judge(this.budget, failed),
    };
  }

  private judge({ p95Ms, errorRatePercent }: RouteBudget, failed: number): BudgetResult {
    const errorsPercent = ((failed + this.overloaded) * 100) / Math.max(1, this.offered);
    const kept = errorsPercent <= errorRatePercent && (this.latency.quantile(0.95) ?? 0) <= p95Ms;
    return { p95Ms, errorRatePercent, errorsPercent, kept };
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const value of counts.values()) total += value;
  return total;
}
