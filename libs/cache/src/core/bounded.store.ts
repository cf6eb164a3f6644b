import type { KeyvStoreAdapter, StoredData } from 'keyv';

export interface BoundedStoreOptions {
  /** Time after which a command is given up, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether there is a connection: without one a command fails at once. */
  readonly isReady: () => boolean;
  /** Milliseconds of any steady clock. */
  readonly now?: () => number;
}

/** A command was given up, or not even tried. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** How long nothing is tried after a command was late, in milliseconds. */
const REST_MS = 1_000;
/** Commands under way at the same time; further ones fail at once. */
const UNDER_WAY_MAX = 1_024;

interface Pending {
  readonly dueAt: number;
  done: boolean;
  readonly reject: (error: StoreUnavailable) => void;
}

/**
 * Puts a limit of time before a store that lives elsewhere: a command answers in time, or fails. After one that was
 * late, none is tried for a second, and then a single one, so that a store that hangs costs nobody anything. One timer
 * stands for all commands, since they all have the same time.
 */
export class BoundedStore implements KeyvStoreAdapter {
  opts: unknown = {};
  namespace?: string;
  private readonly pending: Pending[] = [];
  private timer: NodeJS.Timeout | null = null;
  /** Commands that are neither answered nor given up. */
  private open = 0;
  private restUntil = 0;
  private readonly now: () => number;

  constructor(
    private readonly store: KeyvStoreAdapter,
    private readonly options: BoundedStoreOptions,
  ) {
    this.now = options.now ?? (() => performance.now());
  }

  /** False while nothing would be tried. */
  get available(): boolean {
    return this.options.isReady() && this.now() >= this.restUntil;
  }

  get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return this.bounded(() => this.store.get<Value>(key));
  }

  set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return this.bounded(async () => (await this.store.set(key, value, ttl)) !== false);
  }

  delete(key: string): Promise<boolean> {
    return this.bounded(() => this.store.delete(key));
  }

  /** It would be a flush of the whole database, with the keys of everybody else in it. */
  clear(): Promise<void> {
    return Promise.reject(new Error('a shared store is never cleared'));
  }

  on(): this {
    return this;
  }

  /** The connection belongs to whoever made it. */
  disconnect(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    return Promise.resolve();
  }

  private bounded<T>(command: () => Promise<T>): Promise<T> {
    if (!this.available || this.open >= UNDER_WAY_MAX) {
      return Promise.reject(new StoreUnavailable('the shared store is not asked'));
    }
    const now = this.now();
    // The first one after a rest goes alone.
    if (this.restUntil > 0) this.restUntil = now + REST_MS;
    return new Promise((resolve, reject) => {
      const pending: Pending = { dueAt: now + this.options.timeoutMs, done: false, reject };
      this.pending.push(pending);
      this.open++;
      command().then(
        (value) => {
          if (this.settle(pending)) this.restUntil = 0;
          resolve(value);
        },
        (error: unknown) => {
          this.settle(pending);
          reject(error instanceof Error ? error : new StoreUnavailable(String(error)));
        },
      );
      this.wait(this.options.timeoutMs);
    });
  }

  /** @returns false when the command was answered or given up before */
  private settle(pending: Pending): boolean {
    if (pending.done) return false;
    pending.done = true;
    this.open--;
    return true;
  }

  private wait(timeMs: number): void {
    // Timers come before input in a turn of the loop: in a busy process the answers may be here already.
    this.timer ??= setTimeout(() => setImmediate(() => this.expire()), timeMs);
  }

  private expire(): void {
    const { pending } = this;
    const now = this.now();
    let gone = 0;
    while (gone < pending.length && (pending[gone].done || pending[gone].dueAt <= now)) {
      const late = pending[gone++];
      if (!this.settle(late)) continue;
      this.restUntil = now + REST_MS;
      late.reject(new StoreUnavailable('the shared store was late'));
    }
    pending.splice(0, gone);
    this.timer = null;
    if (pending.length > 0) this.wait(Math.max(1, pending[0].dueAt - now));
  }
}
