import { firstValue, StoredResponse, type RemoteAnswer, type StoredFacts } from '@app/cache';
import type { InnerRequest, ReplyReceiver } from '../pipeline/contract/inner-request.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { RequestHead } from '../pipeline/contract/request-head.js';
import type { ResponseHead } from '../pipeline/contract/response-head.js';
import type { Verdict } from '../pipeline/contract/stage.js';
import type { Problem } from '../problems/problem.js';
import { hitStatus } from './cache-status.js';
import { FillReplies, type FillTask } from './fill-replies.js';
import type { FillReader } from './fill-reader.js';
import { freshen, matches304 } from './freshen.js';
import { judge } from './judge.js';
import type { ResponseCache } from './response-cache.js';
import { shapeFillRequest } from './shape-fill-request.js';

/**
 * One request to an upstream whose response is passed to those who wait for it, and stored meanwhile. It has a life of
 * its own: the client that caused it may leave.
 */
export class Fill extends FillReplies implements ReplyReceiver {
  readonly tags: readonly string[];
  private inner: InnerRequest | null = null;
  private attempts = 0;
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

  constructor(cache: ResponseCache, task: FillTask) {
    super(cache, task);
    this.stale = task.stale;
    this.tags = cache.tagsOf(task.place.uri, task.plan.route);
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
      this.abort();
      this.answerAll(this.stale, 'stale', nowMs, null, status);
    } else if (problem !== null) {
      this.over();
      this.refuseAll(problem);
    } else if (this.stale !== null && status === 304) this.onNotModified(this.stale, head, nowMs);
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
        this.over();
        this.answerAll(response, 'hit', nowMs, hitStatus(response.ttlS(nowMs)));
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
    const { plan } = this.task;
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
    const said = this.stale === null ? 0 : head.status;
    for (const reader of this.body.readers.slice()) {
      if (reader === this.asker || (sharable && this.answers(reader, facts)))
        this.begin(reader, head, facts, said, nowMs);
      else this.letGo(reader);
    }
    if (this.body.readers.length === 0 && facts === null) this.abort();
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
    this.over();
    // What must always be asked about is confirmed to the one who has asked.
    if (!keep || response.facts.alwaysValidate) {
      for (const reader of this.body.readers.slice()) if (reader !== this.asker) this.letGo(reader);
    }
    this.answerAll(response, 'revalidated', nowMs, null, 304);
  }

  /** Asks once more, without a condition. */
  private again(): void {
    this.inner?.abort();
    const { readers } = this.body;
    const asker = readers.find((reader) => reader === this.asker) ?? readers[0];
    if (asker === undefined) this.over();
    else this.ask(asker.context, asker);
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

/** RFC 5861 section 4. */
function standsIn({ facts }: StoredResponse, nowMs: number): boolean {
  return !facts.alwaysValidate && nowMs < facts.freshUntilMs + facts.staleIfErrorMs;
}
