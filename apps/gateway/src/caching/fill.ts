import { firstValue, isNotModified, StoredResponse, type RemoteAnswer, type StoredFacts } from '@app/cache';
import type { InnerRequest, ReplyReceiver } from '../pipeline/contract/inner-request.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { RequestHead } from '../pipeline/contract/request-head.js';
import type { ResponseHead } from '../pipeline/contract/response-head.js';
import type { Verdict } from '../pipeline/contract/stage.js';
import type { Problem } from '../problems/problem.js';
import { answerFrom } from './answers.js';
import { forwardStatus, hitStatus, type Forwarding } from './cache-status.js';
import { suits, type CachePlan, type Place } from './cache-plan.js';
import { cacheEvents } from './events.js';
import { FillBody, type BodyOwner } from './fill-body.js';
import type { FillReader } from './fill-reader.js';
import { freshen, matches304 } from './freshen.js';
import { judge } from './judge.js';
import type { ResponseCache } from './response-cache.js';
import { shapeFillRequest } from './shape-fill-request.js';

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

/**
 * One request to an upstream whose response is passed to those who wait for it, and stored meanwhile. It has a life of
 * its own: the client that caused it may leave.
 */
export class Fill implements ReplyReceiver, BodyOwner {
  readonly tags: readonly string[];
  private readonly body: FillBody;
  private inner: InnerRequest | null = null;
  private attempts = 0;
  private asker: FillReader | null = null;
  private askedAtMs = 0;
  /** The request as the client sent it, and as the upstream gets it. */
  private raw: readonly string[] = [];
  private sent: RequestHead | null = null;
  private facts: StoredFacts | null = null;
  private state: 'looking' | 'asking' | 'body' | 'over' = 'looking';
  /** What it fetches was invalidated meanwhile: those who wait get it, and nobody else. */
  private spoilt = false;
  private stale: StoredResponse | null;
  /** Where its tags are at in Redis; null when nobody has said so, and then nothing goes there. */
  private generations: readonly string[] | null = null;

  constructor(
    private readonly cache: ResponseCache,
    readonly task: FillTask,
  ) {
    this.stale = task.stale;
    this.tags = cache.tagsOf(task.place.uri, task.plan.route);
    this.body = new FillBody(this, task.plan.objectBytesMax);
  }

  /** Whether somebody who comes now may still wait for it. */
  get joinable(): boolean {
    return this.state === 'looking' || this.state === 'asking';
  }

  private get isOver(): boolean {
    return this.state === 'over';
  }

  /** @param reader the client that caused it, or null for a fill in the background */
  start(context: RequestContext, reader: FillReader | null): void {
    if (reader !== null) {
      reader.attach(this.body);
      this.body.readers.push(reader);
    }
    if (this.stale === null && this.cache.asksRemote) {
      void this.cache.lookupRemotely(this.task, this.tags, context.head.raw).then((found) => this.onRemote(found));
    } else this.ask(context, reader);
  }

  join(reader: FillReader): Promise<Verdict> {
    this.body.readers.push(reader);
    return reader.join(this.body);
  }

  /** What it fetches is not to be stored, and nobody else may wait for it. */
  spoil(): void {
    this.spoilt = true;
    this.cache.release(this);
  }

  onHead(head: ResponseHead, problem: Problem | null): void {
    if (this.state !== 'asking') return;
    const nowMs = this.cache.now();
    const status = problem === null ? head.status : 0;
    if (this.stale !== null && (status === 0 || status >= 500) && standsIn(this.stale, nowMs)) {
      this.answerStale(this.stale, status, nowMs);
    } else if (problem !== null) this.refuse(problem);
    else if (this.stale !== null && status === 304) this.onNotModified(this.stale, head, nowMs);
    else this.onResponse(head, nowMs);
  }

  onData(chunk: Uint8Array): boolean {
    return this.state !== 'body' || this.body.push(chunk);
  }

  onEnd(trailers: readonly string[]): void {
    if (this.state !== 'body') return;
    this.over();
    const whole = this.body.finish(trailers);
    if (this.facts !== null && whole !== null) this.keep(new StoredResponse(this.facts, whole));
  }

  onCut(): void {
    if (this.state !== 'body') return;
    this.over();
    for (const reader of this.body.take()) reader.cut();
  }

  resume(): void {
    this.inner?.resume();
  }

  onTooLarge(): void {
    this.facts = null;
    this.cache.passBy(this.task);
    if (this.body.readers.length === 0) this.abort();
  }

  onUnread(): void {
    if (this.state === 'over' || this.body.complete) return;
    // A response that nobody waits for is still worth having, when it can be stored.
    if (!this.task.shared || (this.state === 'body' && this.facts === null)) this.abort();
  }

  private onRemote({ response, generations }: RemoteAnswer): void {
    if (this.state !== 'looking') return;
    this.generations = generations;
    const nowMs = this.cache.now();
    if (response !== null && !this.spoilt) {
      this.cache.keepInMemory(this.task, response);
      if (response.isFresh(nowMs) && !response.facts.alwaysValidate) {
        this.answerAll(response, hitStatus(response.ttlS(nowMs)), nowMs, 'hit');
        return;
      }
      this.stale = response;
    }
    const [first] = this.body.readers;
    if (first === undefined) this.over();
    else this.ask(first.context, first);
  }

  private ask(context: RequestContext, reader: FillReader | null): void {
    this.state = 'asking';
    this.asker = reader;
    this.raw = context.head.raw;
    this.askedAtMs = this.cache.now();
    const attempt = ++this.attempts;
    const inner = context.flow.ask(context, (head) => this.shape(head), this);
    // It may have been answered, or have been followed by another, within the call.
    if (attempt !== this.attempts || this.isOver) inner.abort();
    else this.inner = inner;
  }

  private shape(head: RequestHead): void {
    shapeFillRequest(head, this.stale);
    this.sent = head;
  }

  private onResponse(head: ResponseHead, nowMs: number): void {
    const { plan, place } = this.task;
    const declared = firstValue(head.headers, 'content-length');
    const bytes = declared === undefined ? -1 : Number(declared);
    const facts = this.spoilt || bytes > plan.objectBytesMax ? null : this.judge(head, nowMs);
    this.state = 'body';
    this.facts = facts;
    this.body.begin(bytes, facts !== null);
    if (facts === null && head.status < 500 && this.stale !== null) this.cache.forget(this.task, this.stale);
    // What may never be used without asking answers nobody who has not asked (RFC 9111 section 4).
    const sharable = facts !== null && !facts.alwaysValidate && facts.freshUntilMs > nowMs;
    if (!sharable) {
      this.cache.release(this);
      if (facts === null && head.status < 500) this.cache.passBy(this.task);
    }
    for (const reader of [...this.body.readers]) {
      if (reader === this.asker || (sharable && suits(reader.place, place, facts, reader.context.head.raw))) {
        this.begin(reader, head, facts, nowMs);
      } else this.letGo(reader);
    }
    if (this.body.readers.length === 0 && facts === null) this.abort();
  }

  private begin(reader: FillReader, head: ResponseHead, facts: StoredFacts | null, nowMs: number): void {
    const { context } = reader;
    context.events.emit(reader.collapsed ? cacheEvents.collapsed : cacheEvents.miss, context);
    const status = this.statusFor(reader, this.stale === null ? 0 : head.status, facts !== null);
    if (facts?.status === 200 && reader.facts.conditional && isNotModified(context.head.raw, facts.fields)) {
      this.body.left(reader);
      reader.answer(answerFrom(new StoredResponse(facts, nothing), context.head, reader.facts, nowMs, status));
      return;
    }
    const headers = [...head.headers, 'cache-status', status];
    if (!reader.begin({ status: head.status, statusText: head.statusText, headers })) this.body.left(reader);
  }

  /** The upstream has confirmed what is stored (RFC 9111 sections 4.3.3 and 4.3.4). */
  private onNotModified(stale: StoredResponse, head: ResponseHead, nowMs: number): void {
    if (!matches304(stale, head.headers)) {
      this.cache.forget(this.task, stale);
      this.stale = null;
      this.again();
      return;
    }
    const { response, keep } = freshen(stale, head.headers, this.askedAtMs, nowMs, this.task.plan.judge);
    if (keep) this.keep(response);
    else this.cache.forget(this.task, stale);
    const usable = keep && !response.facts.alwaysValidate;
    this.over();
    for (const reader of this.body.take()) {
      if (
        reader === this.asker ||
        (usable && suits(reader.place, this.task.place, response.facts, reader.context.head.raw))
      ) {
        const { context } = reader;
        context.events.emit(reader.collapsed ? cacheEvents.collapsed : cacheEvents.revalidated, context);
        reader.answer(answerFrom(response, context.head, reader.facts, nowMs, this.statusFor(reader, 304, false)));
      } else this.letGo(reader);
    }
  }

  /** Asks once more, without a condition. */
  private again(): void {
    this.inner?.abort();
    const { readers } = this.body;
    const asker = readers.find((reader) => reader === this.asker) ?? readers[0];
    if (asker === undefined) this.over();
    else this.ask(asker.context, asker);
  }

  private answerStale(stale: StoredResponse, status: number, nowMs: number): void {
    this.inner?.abort();
    this.answerAll(stale, null, nowMs, 'stale', status);
  }

  private answerAll(
    response: StoredResponse,
    status: string | null,
    nowMs: number,
    event: 'hit' | 'stale',
    said = 0,
  ): void {
    this.over();
    for (const reader of this.body.take()) {
      const { context } = reader;
      if (!suits(reader.place, this.task.place, response.facts, context.head.raw)) {
        this.letGo(reader);
        continue;
      }
      context.events.emit(cacheEvents[event], context);
      const text = status ?? this.statusFor(reader, said, false);
      reader.answer(answerFrom(response, context.head, reader.facts, nowMs, text));
    }
  }

  private refuse(problem: Problem): void {
    this.over();
    for (const reader of this.body.take()) {
      const { context } = reader;
      context.events.emit(reader.collapsed ? cacheEvents.collapsed : cacheEvents.miss, context);
      reader.answer(problem);
    }
  }

  /** Leaves a request to itself. */
  private letGo(reader: FillReader): void {
    this.body.left(reader);
    this.cache.forwardAlone(reader.context, this.task.why);
    reader.goOn();
  }

  private statusFor({ collapsed }: FillReader, said: number, stored: boolean): string {
    const more = `${said === 0 ? '' : `; fwd-status=${said}`}${collapsed ? '; collapsed' : ''}`;
    return forwardStatus(this.task.why, stored && !collapsed ? `${more}; stored` : more);
  }

  private judge({ status, headers }: ResponseHead, nowMs: number): StoredFacts | null {
    const { place, plan } = this.task;
    const facts = judge(
      {
        status,
        fields: headers,
        askedAtMs: this.askedAtMs,
        answeredAtMs: nowMs,
        credentials: place.credentials,
        request: this.raw,
        sent: this.sent?.fields ?? [],
      },
      plan.judge,
    );
    return facts !== null && this.cache.hasPlace(place, facts) ? facts : null;
  }

  private keep(response: StoredResponse): void {
    if (this.spoilt) return;
    if (this.cache.keepInMemory(this.task, response) && this.generations !== null) {
      this.cache.storeRemotely(this.task, response, this.generations);
    }
  }

  private over(): void {
    this.state = 'over';
    this.cache.ended(this);
  }

  private abort(): void {
    this.over();
    this.inner?.abort();
  }
}

const nothing = new Uint8Array(0);

/** RFC 5861 section 4. */
function standsIn({ facts }: StoredResponse, nowMs: number): boolean {
  return !facts.alwaysValidate && nowMs < facts.freshUntilMs + facts.staleIfErrorMs;
}
