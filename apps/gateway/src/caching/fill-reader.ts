import { Problem } from '../problems/problem.js';
import type { Answer } from '../pipeline/contract/answer.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { ResponseHead } from '../pipeline/contract/response-head.js';
import { TAKEN, type Verdict } from '../pipeline/contract/stage.js';
import type { RequestFacts } from '@app/cache';
import type { Place } from './cache-plan.js';

/** What a reader reads from: chunks as they come, and whether they are all there. */
export interface ChunkSource {
  chunk(index: number): Uint8Array | undefined;
  /** No chunk follows the last one. */
  readonly complete: boolean;
  readonly trailers: readonly string[];
  /** Told that a reader has taken chunks, or may take them again. */
  advanced(): void;
  left(reader: FillReader): void;
}

/** One client that waits for a fill, and then reads its body at its own speed. */
export class FillReader {
  /** Index of the next chunk. */
  position = 0;
  bytes = 0;
  begun = false;
  over = false;
  /** The client takes no more for now. */
  blocked = false;
  private source: ChunkSource | null = null;
  private decide: ((verdict: Verdict) => void) | null = null;

  constructor(
    readonly context: RequestContext,
    readonly facts: RequestFacts,
    readonly place: Place,
    readonly collapsed: boolean,
  ) {}

  /** Waits for a fill that somebody else has begun. */
  join(source: ChunkSource): Promise<Verdict> {
    this.attach(source);
    return new Promise((resolve) => {
      this.decide = resolve;
    });
  }

  attach(source: ChunkSource): void {
    this.source = source;
    this.context.exchange = this;
  }

  /** The client has left. */
  abort(): void {
    if (this.over) return;
    this.over = true;
    this.source?.left(this);
  }

  answer(reply: Answer | Problem): void {
    if (!this.finish()) return;
    if (this.decide === null) this.context.flow.reply(this.context, reply);
    else this.decide(reply);
  }

  /** The request is to be served as if there were no cache. Only for those that have joined. */
  goOn(): void {
    if (this.finish()) this.decide?.(undefined);
  }

  get canGoOn(): boolean {
    return this.decide !== null;
  }

  /** @returns false when the reply could not begin; then the request has ended with a problem */
  begin(head: ResponseHead): boolean {
    const { context } = this;
    this.begun = true;
    this.decide?.(TAKEN);
    try {
      context.flow.begin(context, head);
      return true;
    } catch (error) {
      this.finish();
      context.flow.fail(context, error);
      return false;
    }
  }

  /** Sends what has come and the client takes. */
  pump(): void {
    const { context, source } = this;
    if (source === null || this.over || this.blocked) return;
    for (let chunk = source.chunk(this.position); chunk !== undefined; chunk = source.chunk(this.position)) {
      this.position++;
      this.bytes += chunk.byteLength;
      const last = source.complete && source.chunk(this.position) === undefined;
      if (last) {
        this.end(chunk, source.trailers);
        return;
      }
      if (context.flow.write(context, chunk)) continue;
      this.blocked = true;
      context.sink.once('drain', () => {
        this.blocked = false;
        this.pump();
        this.source?.advanced();
      });
      return;
    }
    if (source.complete) this.end(null, source.trailers);
  }

  /** The body broke off. */
  cut(): void {
    if (this.finish()) this.context.flow.cut(this.context);
  }

  private end(chunk: Uint8Array | null, trailers: readonly string[]): void {
    if (this.finish()) this.context.flow.end(this.context, chunk, trailers);
    this.source?.left(this);
  }

  /** @returns false when it was over already */
  private finish(): boolean {
    if (this.over) return false;
    this.over = true;
    if (this.context.exchange === this) this.context.exchange = null;
    return true;
  }
}
