import type { Algorithm } from './algorithms.js';
import { readKeySet, type NamedKey } from './key-set.js';
import type { KeySource } from './key-source.js';
import type { VerificationKey } from './verification-key.js';

/** A JWK Set as it came. */
export interface LoadedKeySet {
  readonly set: unknown;
  /** How long it may be used without asking again, in milliseconds; null when that was not said. */
  readonly maxAgeMs: number | null;
}

export interface RefreshSettings {
  /** Longest time between two fetches, in milliseconds. A shorter `max-age` of the issuer counts. */
  readonly refreshMs: number;
  /** Shortest time between two fetches, whatever tokens ask for, in milliseconds. */
  readonly cooldownMs: number;
}

export interface RefreshOptions {
  /** Gives a set. Rejects when there is none; must end by itself, or when `signal` says so. */
  readonly load: (signal: AbortSignal) => Promise<LoadedKeySet>;
  readonly settings: RefreshSettings;
  /** Told of each fetch: null for success. */
  readonly onOutcome?: (error: Error | null) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Fetched when that share of its time is over, so that the next set is there before the last one is too old. */
const AHEAD = 0.75;
/** First pause of an issuer that has never answered, in milliseconds; it doubles up to the cool-down. */
const FIRST_PAUSE_MS = 500;
/** Keys that one token is tried with at most: a set may name two keys alike while it changes. */
const TRIES_MAX = 4;

/**
 * Keys that their issuer publishes and changes. They are fetched ahead of time, and once more when a token names a key
 * that is not among them, but never more often than the cool-down allows. When the issuer is down, the last good set
 * counts.
 */
export class RefreshedKeys implements KeySource {
  private byPrint = new Map<string, VerificationKey>();
  private byId = new Map<string | null, VerificationKey[]>();
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private askedAt = -Infinity;
  private pauseMs: number;
  private failures = 0;
  private readonly ending = new AbortController();
  private readonly now: () => number;

  constructor(private readonly options: RefreshOptions) {
    this.now = options.now ?? (() => performance.now());
    this.pauseMs = options.settings.cooldownMs;
  }

  get ready(): boolean {
    return this.byPrint.size > 0;
  }

  /** Begins to fetch. @returns when the first fetch is over, whatever it gave */
  start(): Promise<void> {
    return this.fetch();
  }

  stop(): void {
    this.ending.abort();
    if (this.timer !== null) clearTimeout(this.timer);
  }

  find(keyId: string | null, algorithm: Algorithm): readonly VerificationKey[] {
    if (keyId === null) {
      // Without a name the key must be beyond doubt.
      const fitting = [...this.byPrint.values()].filter((key) => key.fits(algorithm));
      return fitting.length === 1 ? fitting : [];
    }
    const named = this.byId.get(keyId);
    return named === undefined ? [] : named.filter((key) => key.fits(algorithm)).slice(0, TRIES_MAX);
  }

  refetch(): Promise<void> | null {
    if (this.running !== null) return this.running;
    if (this.ending.signal.aborted || this.now() - this.askedAt < this.pauseMs) return null;
    return this.fetch();
  }

  private fetch(): Promise<void> {
    this.askedAt = this.now();
    this.running = this.load().finally(() => (this.running = null));
    return this.running;
  }

  private async load(): Promise<void> {
    const { settings, load, onOutcome } = this.options;
    try {
      const { set, maxAgeMs } = await load(this.ending.signal);
      this.replace(readKeySet(set));
      this.failures = 0;
      this.pauseMs = settings.cooldownMs;
      const goodForMs = Math.min(settings.refreshMs, Math.max(maxAgeMs ?? Infinity, settings.cooldownMs));
      this.schedule(goodForMs * AHEAD);
      onOutcome?.(null);
    } catch (error) {
      if (this.ending.signal.aborted) return;
      // Without any keys every request is refused, so an issuer that comes back is found sooner.
      this.pauseMs = this.ready
        ? settings.cooldownMs
        : Math.min(settings.cooldownMs, FIRST_PAUSE_MS * 2 ** this.failures++);
      this.schedule(this.pauseMs);
      onOutcome?.(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private schedule(delayMs: number): void {
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.ending.signal.aborted) return;
    this.timer = setTimeout(() => this.refetchOnTime(), delayMs);
    this.timer.unref();
  }

  private refetchOnTime(): void {
    if (this.running === null) void this.fetch();
  }

  /** Keys that stay are the same objects, so that what they have proven stays proven. */
  private replace(fetched: readonly NamedKey[]): void {
    const before = this.byPrint;
    this.byPrint = new Map(fetched.map(({ print, key }) => [print, before.get(print) ?? key]));
    for (const [print, key] of before) {
      if (!this.byPrint.has(print)) key.removed = true;
    }
    this.byId = Map.groupBy(this.byPrint.values(), ({ id }) => id);
  }
}
