import { randomBytes } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';

export interface PurgeFeedOptions {
  readonly redis: Redis | Cluster;
  /** Key of the stream, behind the prefix of the connection. */
  readonly key: string;
  /** Pause between two looks, in milliseconds. */
  readonly followMs: number;
  /** Told of the tags that another gateway has invalidated. */
  readonly onPurge: (tags: readonly string[]) => void;
  /** Told after every look, when Redis has answered. */
  readonly onLook?: () => void;
  /** Told that invalidations may have been missed. */
  readonly onGap: () => void;
}

/** Invalidations that are kept, and for how long: who has not looked for that time drops what it has in memory. */
const ENTRIES_MAX = 4_096;
const KEPT_MS = 3_600_000;
const GAP_MS = 60_000;

/** Tells the other gateways of a Redis what to drop from their memory, and is told by them: a capped stream. */
export class PurgeFeed {
  private readonly self = randomBytes(9).toString('base64url');
  /** Where the stream has been read up to; null before the first look. */
  private position: string | null = null;
  private lookedAt = performance.now();
  private looking = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: PurgeFeedOptions) {
    this.timer = setInterval(() => void this.look(), options.followMs);
    this.timer.unref();
  }

  /** @returns false when the others could not be told */
  async tell(tags: readonly string[]): Promise<boolean> {
    const { redis, key } = this.options;
    try {
      await redis.xadd(key, 'MAXLEN', '~', ENTRIES_MAX, '*', 'by', this.self, 'tags', JSON.stringify(tags));
      await redis.pexpire(key, KEPT_MS);
      return true;
    } catch {
      return false;
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Reads what is new. Never rejects. */
  async look(): Promise<void> {
    const { redis, key } = this.options;
    if (this.looking || redis.status !== 'ready') return;
    this.looking = true;
    try {
      if (this.position === null) {
        const newest = await redis.xrevrange(key, '+', '-', 'COUNT', 1);
        this.position = newest[0]?.[0] ?? '0-0';
      } else {
        if (performance.now() - this.lookedAt > GAP_MS) this.options.onGap();
        this.take(await redis.xrange(key, this.position, '+', 'COUNT', ENTRIES_MAX));
      }
      this.lookedAt = performance.now();
      this.options.onLook?.();
    } catch {
      // It is looked again soon.
    } finally {
      this.looking = false;
    }
  }

  private take(entries: readonly [id: string, fields: string[]][]): void {
    for (const [id, fields] of entries) {
      if (id === this.position) continue;
      this.position = id;
      if (fields[1] === this.self) continue;
      const tags = readTags(fields[3]);
      if (tags === null) this.options.onGap();
      else this.options.onPurge(tags);
    }
  }
}

function readTags(text: string | undefined): readonly string[] | null {
  try {
    const tags: unknown = JSON.parse(text ?? '');
    return Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') ? tags : null;
  } catch {
    return null;
  }
}
