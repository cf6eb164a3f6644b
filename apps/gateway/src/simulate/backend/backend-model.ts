import type { TryFailure } from '../../pipeline/contract/try-failure.js';
import { Draws } from '../chance/draws.js';
import { RandomStream } from '../chance/random-stream.js';
import type { FailureRule } from './failure-rule.js';
import type { Latency } from './latency.js';

/** Time that a refused connection takes. */
const REFUSAL_MS = 1;

/** What an upstream makes of one try. */
export interface TryResult {
  /** Status of the reply, or 0 when there is none. */
  status: number;
  failure: TryFailure | null;
  /** Infinity for a try that never ends by itself. */
  latencyMs: number;
}

/** Stands in for the services: how long each try takes, and what it gives. Load does not slow it down. */
export class BackendModel {
  private readonly latencies: Draws;
  private readonly rules: readonly { readonly rule: FailureRule; readonly draws: Draws }[];
  private readonly result: TryResult = { status: 200, failure: null, latencyMs: 0 };

  constructor(
    private readonly latency: Latency,
    rules: readonly FailureRule[],
    seed: number,
  ) {
    const stream = new RandomStream(seed, 2);
    this.latencies = new Draws(stream.word());
    this.rules = rules.map((rule) => ({ rule, draws: new Draws(stream.word()) }));
  }

  /**
   * @param request number of the request
   * @param status what a trace says that the try gave, or 0
   * @param latencyMs what a trace says that it took, or less than 0
   * @returns the same object each time
   */
  try(upstream: string, request: number, attempt: number, nowMs: number, status: number, latencyMs: number): TryResult {
    const { result } = this;
    result.status = status === 0 ? 200 : status;
    result.failure = null;
    result.latencyMs = latencyMs >= 0 ? latencyMs : this.latency(this.latencies.of(request, attempt));
    let failed = false;
    for (const { rule, draws } of this.rules) {
      if (nowMs < rule.fromMs || nowMs >= rule.toMs) continue;
      if (rule.upstream !== null && rule.upstream !== upstream) continue;
      if (rule.kind === 'slow') {
        result.latencyMs *= rule.factor;
        continue;
      }
      // Of several rules the first that meets a try decides.
      if (failed || (rule.share < 1 && draws.of(request, attempt) >= rule.share)) continue;
      failed = true;
      this.fail(rule);
    }
    return result;
  }

  private fail({ kind, status }: FailureRule): void {
    const { result } = this;
    if (kind === 'fail') {
      result.status = status;
      return;
    }
    result.status = 0;
    result.failure = kind === 'connect' ? 'connect-failed' : 'headers-timeout';
    result.latencyMs = kind === 'connect' ? REFUSAL_MS : Infinity;
  }
}
