import { everythingTag, PurgeFeed, redisKeyv, RemoteTier, type RemoteAnswer, type StoredResponse } from '@app/cache';
import type { RedisConnection } from '@app/redis';
import type { GatewayConfig } from '../config/schema/gateway.schema.js';

/** Keys below the prefix of the connection. */
const NAMESPACE = 'cache';
const FEED = 'cache-purges';
/** What no write names a time for. */
const TTL_MS = 86_400_000;
const UNTOLD_MAX = 4_096;

/** The responses that the gateways of one Redis share, and what they tell each other of invalidations. */
export class SharedResponses {
  private readonly tier: RemoteTier;
  private feed: PurgeFeed | null = null;
  /** Tags of invalidations that Redis has yet to be told of: what it has of them is not believed. */
  private readonly untold = new Set<string>();
  private telling = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly settings: GatewayConfig['cache']['redis'],
  ) {
    const { timeoutMs, objectBytesMax } = settings;
    const { keyv, bounded } = redisKeyv({ redis, namespace: NAMESPACE, timeoutMs, ttlMs: TTL_MS, throwOnErrors: true });
    this.tier = new RemoteTier({ keyv, bounded, objectBytesMax });
  }

  get available(): boolean {
    return this.tier.available && !this.untold.has(everythingTag);
  }

  /** @param onGap invalidations may have been missed */
  follow(onPurge: (tags: readonly string[]) => void, onGap: () => void): void {
    this.feed = new PurgeFeed({
      redis: this.redis,
      key: FEED,
      followMs: this.settings.followMs,
      onPurge,
      onGap,
      onLook: () => void this.tellAgain(),
    });
  }

  async lookup(
    key: string,
    tags: readonly string[],
    request: readonly string[],
    groupTags: (response: StoredResponse) => readonly string[],
  ): Promise<RemoteAnswer> {
    if (this.isUntold(tags)) return { response: null, generations: null };
    const found = await this.tier.lookup(key, tags, request, groupTags);
    if (found.response === null) return found;
    // Invalidated meanwhile, or in one of its groups.
    const stale = this.isUntold(tags) || this.isUntold(groupTags(found.response));
    return stale ? { response: null, generations: null } : found;
  }

  store(
    key: string,
    response: StoredResponse,
    generations: readonly string[],
    groupTags: readonly string[],
    nowMs: number,
  ): void {
    this.tier.store(key, response, generations, groupTags, nowMs);
  }

  /** @returns false when Redis could not be told now; it will be when it is back */
  async invalidate(tags: readonly string[]): Promise<boolean> {
    for (const tag of tags) this.untold.add(tag);
    // More than can be remembered: nothing there is believed until it has been told.
    if (this.untold.size > UNTOLD_MAX) {
      this.untold.clear();
      this.untold.add(everythingTag);
    }
    return this.tell(tags);
  }

  close(): void {
    this.feed?.stop();
  }

  private async tell(tags: readonly string[]): Promise<boolean> {
    const told = (await this.tier.invalidate(tags)) && (await this.feed?.tell(tags)) === true;
    if (told) for (const tag of tags) this.untold.delete(tag);
    return told;
  }

  private async tellAgain(): Promise<void> {
    if (this.untold.size === 0 || this.telling || !this.tier.available) return;
    this.telling = true;
    await this.tell([...this.untold]);
    this.telling = false;
  }

  private isUntold(tags: readonly string[]): boolean {
    return this.untold.size > 0 && tags.some((tag) => this.untold.has(tag));
  }
}
