import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { TryFailure } from '../pipeline/contract/try-failure.js';
import type { Problem } from '../problems/problem.js';
import type { Exchange, UpstreamRequest } from '@app/upstream-client';
import { DeadlineEntry } from './deadline-queue.js';
import type { UpstreamPlan } from './forward-plan.js';
import type { Target } from './target.js';

/** RFC 9110 section 9.2.2, and QUERY, which is safe by definition. */
const idempotent = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'QUERY',
  'PROPFIND',
  'REPORT',
  'SEARCH',
]);

/** Whether the upstream has to answer for it. */
function isFault(failure: TryFailure): boolean {
  return failure !== 'aborted' && failure !== 'request-failed';
}

export function isIdempotent(method: string): boolean {
  return idempotent.has(method);
}

/** The tries of one request: which target each goes to, and what the stages above are asked and told about them. */
export abstract class TriedExchange extends DeadlineEntry {
  protected exchange: Exchange | null = null;
  protected target: Target | null = null;
  /** Target of the try before, which another one is preferred to. */
  private lastTarget: Target | null = null;
  /** A try was let through and is not settled. */
  protected trying = false;

  constructor(
    protected readonly context: RequestContext,
    protected readonly upstream: UpstreamPlan,
  ) {
    super();
  }

  protected attempt(): Problem | undefined {
    this.context.attempts++;
    const refusal = this.context.flow.attempt(this.context);
    this.trying = refusal === undefined;
    return refusal;
  }

  protected settle(status: number, failure: TryFailure | null): void {
    if (!this.trying) return;
    this.trying = false;
    if (status >= 500 || (failure !== null && isFault(failure))) this.target?.passive?.failed();
    this.context.flow.settle(this.context, status, failure);
  }

  /** The reply broke off behind its head. */
  protected broken(failure: TryFailure): void {
    if (isFault(failure)) this.target?.passive?.failed();
    this.context.flow.broken(this.context, failure);
  }

  /** The reply is complete. Only now has a target passed: one that breaks every reply off must not. */
  protected passed(): void {
    if (this.context.upstreamStatus < 500) this.target?.passive?.passed();
  }

  /** Whether the request could be sent once more: nothing went to the client, and all of it is here. */
  protected mayReplay({ body, upgrade }: UpstreamRequest): boolean {
    return this.context.status === 0 && upgrade === '' && (body === null || body instanceof Uint8Array);
  }

  onConnected(at: number): void {
    this.context.upstreamConnectedAt = at;
  }

  /** Takes a target for the next try, which begins here. */
  protected take(): Target {
    const { upstream, context } = this;
    const target = upstream.group.pick(upstream.hash(context), this.lastTarget);
    this.target = target;
    this.lastTarget = target;
    target.standing.began();
    context.tries++;
    context.target = target.origin;
    context.upstreamConnectedAt = 0;
    context.upstreamAskedAt = performance.now();
    return target;
  }

  /** Gives up a connection that the target broke, and repeats the try on another one. */
  protected spoil(): void {
    this.target?.passive?.failed();
    this.release();
  }

  protected release(): void {
    this.giveBack();
    this.exchange = null;
  }

  protected giveBack(): void {
    this.target?.standing.ended();
    this.target = null;
  }
}
