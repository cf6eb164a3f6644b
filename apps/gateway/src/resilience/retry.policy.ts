import { backOffMs, retryAfterMs, type RetryBudget } from '@app/resilience';
import type { RouteConfig, UpstreamConfig } from '../config/schema/gateway.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { fieldOf } from '../pipeline/contract/response-head.js';
import type { TryFailure } from '../pipeline/contract/try-failure.js';
import { retryBudgetSpent } from './events.js';

export type RetryConfig = NonNullable<UpstreamConfig['retry']>;

/** What of a request decides whether it is tried again. */
export type TriedRequest = Pick<RequestContext, 'attempts' | 'startedAt' | 'events'> & {
  readonly head: Pick<RequestContext['head'], 'method' | 'field'>;
};

/** What a route asks of an upstream when a try has come to nothing. */
export class RetryPolicy {
  private readonly statuses = new Uint8Array(600);
  private readonly failures: ReadonlySet<TryFailure>;
  private readonly methods: ReadonlySet<string>;

  /**
   * @param timeoutMs time for the whole request, 0 for no limit
   * @param random from 0 up to, not including, 1
   * @param now the clock of `startedAt`, in milliseconds
   */
  constructor(
    private readonly config: RetryConfig,
    readonly budget: RetryBudget,
    private readonly timeoutMs: number,
    private readonly upstream: string,
    private readonly random: () => number = Math.random,
    private readonly now: () => number = () => performance.now(),
  ) {
    const { on } = config;
    for (const reason of on) if (typeof reason === 'number') this.statuses[reason] = 1;
    if (on.includes('5xx')) this.statuses.fill(1, 500);
    this.failures = new Set(on.flatMap((reason) => failuresOf[reason] ?? []));
    this.methods = new Set(config.methods);
  }

  /** @returns milliseconds to wait before the next try, or -1 for none */
  delay(context: TriedRequest, status: number, failure: TryFailure | null, headers: readonly string[] | null): number {
    const { config, upstream } = this;
    if (failure === null ? this.statuses[status] !== 1 : !this.failures.has(failure)) return -1;
    if (context.attempts >= config.attempts || !this.mayRepeat(context)) return -1;
    let delayMs = backOffMs(context.attempts, config.baseMs, config.maxMs, this.random());
    const asked = headers === null ? undefined : fieldOf(headers, 'retry-after');
    if (asked !== undefined) {
      const askedMs = retryAfterMs(asked, Date.now());
      if (askedMs > config.retryAfterMaxMs) return -1;
      delayMs = Math.max(delayMs, askedMs);
    }
    const now = this.now();
    // The reply that is here is worth more than a timeout later.
    if (this.timeoutMs > 0 && now + delayMs >= context.startedAt + this.timeoutMs) return -1;
    if (this.budget.withdraw(now)) return delayMs;
    context.events.emit(retryBudgetSpent, { upstream });
    return -1;
  }

  private mayRepeat({ head }: TriedRequest): boolean {
    if (this.methods.has(head.method)) return true;
    return this.config.idempotencyKey && head.field('idempotency-key') !== undefined;
  }
}

/** The part of the upstream's settings that the route may change, changed. */
export function retryFor(route: RouteConfig, config: RetryConfig): RetryConfig | null {
  const { retry } = route;
  if (retry === false) return null;
  if (retry === undefined) return config;
  const { attempts = config.attempts, on = config.on, methods = config.methods } = retry;
  return { ...config, attempts, on, methods };
}

const failuresOf: Readonly<Record<string | number, readonly TryFailure[]>> = {
  'connect-failure': ['connect-failed', 'connect-timeout', 'tls-failed'],
  timeout: ['headers-timeout'],
  reset: ['reset'],
};
