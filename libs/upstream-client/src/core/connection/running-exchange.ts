import type { DeadlineLine, DeadlineTask } from '../deadlines/deadlines.js';
import type { Exchange, ExchangeHandler, UpstreamRequest } from '../upstream-client.js';
import { UpstreamError, type UpstreamErrorCode } from '../upstream-error.js';

/** Who an exchange belongs to at the moment: the queue of a pool, or a connection. */
export interface ExchangeHolder {
  /** The exchange is over; its connection goes with it. */
  abandon(exchange: RunningExchange): void;
  resume(exchange: RunningExchange): void;
  /** It has waited for a connection long enough; only who lets it wait is told. */
  expire?(exchange: RunningExchange): void;
}

/** One exchange from its request to its end. It stands in a queue of deadlines only while it waits for a connection. */
export class RunningExchange implements Exchange, DeadlineTask {
  queue: DeadlineLine | null = null;
  previous: DeadlineTask | null = null;
  next: DeadlineTask | null = null;
  dueAt = 0;
  holder: ExchangeHolder | null = null;
  over = false;
  /** Neighbours in the queue of the pool. */
  before: RunningExchange | null = null;
  behind: RunningExchange | null = null;

  /** @param head the request head as it will be written */
  constructor(
    readonly request: UpstreamRequest,
    readonly handler: ExchangeHandler,
    readonly head: string,
  ) {}

  abort(): void {
    if (this.over) return;
    this.over = true;
    this.holder?.abandon(this);
  }

  resume(): void {
    if (!this.over) this.holder?.resume(this);
  }

  onDeadline(): void {
    if (!this.over) this.holder?.expire?.(this);
  }

  fail(code: UpstreamErrorCode, reason = '', cause?: unknown): void {
    if (this.over) return;
    this.over = true;
    this.handler.onError(new UpstreamError(code, { reason, cause }));
  }
}
