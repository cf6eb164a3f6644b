import { isNotModified, StoredResponse, type StoredFacts } from '@app/cache';
import type { ResponseHead } from '../pipeline/contract/response-head.js';
import type { Problem } from '../problems/problem.js';
import { answerFrom } from './answers.js';
import { suits, type CachePlan, type Place } from './cache-plan.js';
import { forwardStatus, type Forwarding } from './cache-status.js';
import { cacheEvents } from './events.js';
import { FillBody, type BodyOwner } from './fill-body.js';
import type { FillReader } from './fill-reader.js';
import type { ResponseCache } from './response-cache.js';

/** What a fill is about. */
export interface FillTask {
  readonly plan: CachePlan;
  /** Requests that could use the same response have the same. */
  readonly name: string;
  readonly place: Place;
  readonly why: Forwarding;
  /** What is stored and may not be used as it is: the upstream is asked whether it has changed. */
  readonly stale: StoredResponse | null;
  /** Others may wait for it. */
  readonly shared: boolean;
}

/** How those are answered who wait for a fill. */
export abstract class FillReplies implements BodyOwner {
  protected readonly body: FillBody;
  /** Whose request went to the upstream: what comes answers it, whatever it is. */
  protected asker: FillReader | null = null;

  protected constructor(
    protected readonly cache: ResponseCache,
    readonly task: FillTask,
  ) {
    this.body = new FillBody(this, task.plan.objectBytesMax);
  }

  abstract resume(): void;
  abstract onTooLarge(): void;
  abstract onUnread(): void;

  /** Whether a response answers one who waits for it. */
  protected answers(reader: FillReader, facts: StoredFacts): boolean {
    return reader === this.asker || suits(reader.place, this.task.place, facts, reader.context.head.raw);
  }

  /**
   * Begins to send a response that comes from the upstream.
   *
   * @param facts of what is stored of it, or null
   * @param said status of the upstream when it was asked about something stored, else 0
   */
  protected begin(
    reader: FillReader,
    head: ResponseHead,
    facts: StoredFacts | null,
    said: number,
    nowMs: number,
  ): void {
    const { context } = reader;
    context.events.emit(reader.collapsed ? cacheEvents.collapsed : cacheEvents.miss, context);
    const status = this.statusFor(reader, said, facts !== null);
    if (facts?.status === 200 && reader.facts.conditional && isNotModified(context.head.raw, facts.fields)) {
      this.body.left(reader);
      reader.answer(answerFrom(new StoredResponse(facts, nothing), context.head, reader.facts, nowMs, status));
      return;
    }
    const headers = [...head.headers, 'cache-status', status];
    if (!reader.begin({ status: head.status, statusText: head.statusText, headers })) this.body.left(reader);
  }

  /**
   * Answers all from what is stored, and leaves alone those who may not have it.
   *
   * @param status Cache-Status, or null for one that tells what the upstream has `said`
   */
  protected answerAll(
    response: StoredResponse,
    event: 'hit' | 'stale' | 'revalidated',
    nowMs: number,
    status: string | null,
    said = 0,
  ): void {
    for (const reader of this.body.take()) {
      const { context } = reader;
      if (!this.answers(reader, response.facts)) {
        this.letGo(reader);
        continue;
      }
      context.events.emit(cacheEvents[event === 'revalidated' && reader.collapsed ? 'collapsed' : event], context);
      const text = status ?? this.statusFor(reader, said, false);
      reader.answer(answerFrom(response, context.head, reader.facts, nowMs, text));
    }
  }

  /** Tells all of a refusal. */
  protected refuseAll(problem: Problem): void {
    for (const reader of this.body.take()) {
      const { context } = reader;
      context.events.emit(reader.collapsed ? cacheEvents.collapsed : cacheEvents.miss, context);
      reader.answer(problem);
    }
  }

  /** Leaves a request to itself. */
  protected letGo(reader: FillReader): void {
    this.body.left(reader);
    this.cache.forwardAlone(reader.context, this.task.why);
    reader.goOn();
  }

  private statusFor({ collapsed }: FillReader, said: number, stored: boolean): string {
    const more = `${said === 0 ? '' : `; fwd-status=${said}`}${collapsed ? '; collapsed' : ''}`;
    return forwardStatus(this.task.why, stored && !collapsed ? `${more}; stored` : more);
  }
}

const nothing = new Uint8Array(0);
