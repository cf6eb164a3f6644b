import type { OnModuleDestroy } from '@nestjs/common';
import {
  everythingTag,
  groupTags,
  RecentKeys,
  ResponseStore,
  routeTag,
  selectResponse,
  uriTag,
  type RemoteAnswer,
  type StoredFacts,
  type StoredResponse,
} from '@app/cache';
import { ContextKey } from '../pipeline/contract/context-key.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { forwardStatus, type Forwarding } from './cache-status.js';
import { keyFor, mayTake, type Place } from './cache-plan.js';
import { cacheEvents } from './events.js';
import type { Fill } from './fill.js';
import type { FillTask } from './fill-replies.js';
import type { InvalidationNotice } from './tell-workers.js';
import type { SharedResponses } from './shared-responses.js';

/** What Cache-Status says of a request that the upstream answers directly. */
export const directStatus = new ContextKey<string>('cache.direct-status');

/** Keys whose responses cannot be stored: requests for them do not wait for each other. */
const PASSED_BY_MAX = 16_384;
const PASSED_BY_MS = 5_000;

/** Everything that is stored and fetched, for all routes of a gateway. */
export class ResponseCache implements OnModuleDestroy {
  private readonly passedBy = new RecentKeys(PASSED_BY_MAX, PASSED_BY_MS);
  /** Fills that others may wait for, by name. */
  private readonly inFlight = new Map<string, Fill>();
  /** All fills under way. */
  private readonly fills = new Set<Fill>();

  /**
   * @param others the workers beside this one; null when there are none
   * @param now milliseconds since 1970, for ages; gateways that share a Redis should agree on it
   */
  constructor(
    readonly memory: ResponseStore,
    private readonly remote: SharedResponses | null,
    private readonly others: InvalidationNotice | null = null,
    readonly now: () => number = Date.now,
  ) {
    remote?.follow(
      (tags) => this.drop(tags),
      () => this.dropEverything(),
    );
  }

  /** What a request may have of what is in memory: of everybody first, then its own. */
  find(place: Place, request: readonly string[]): StoredResponse | undefined {
    if (place.shared !== null) {
      const resource = this.memory.get(place.shared);
      const found = resource === undefined ? undefined : selectResponse(resource, request);
      if (found !== undefined && mayTake(place, found)) return found;
    }
    if (place.own === null) return undefined;
    const resource = this.memory.get(place.own);
    return resource === undefined ? undefined : selectResponse(resource, request);
  }

  fillOf(name: string): Fill | undefined {
    const fill = this.inFlight.get(name);
    return fill?.joinable === true ? fill : undefined;
  }

  isPassedBy(name: string): boolean {
    return this.passedBy.has(name, this.now());
  }

  /** Remembers for a while that requests of that name had better go alone. */
  passBy({ name }: FillTask): void {
    this.passedBy.note(name, this.now());
  }

  began(fill: Fill): void {
    this.fills.add(fill);
    if (fill.task.shared) this.inFlight.set(fill.task.name, fill);
  }

  /** Nobody who comes from now on may wait for it. */
  release(fill: Fill): void {
    const { name } = fill.task;
    if (this.inFlight.get(name) === fill) this.inFlight.delete(name);
  }

  ended(fill: Fill): void {
    this.release(fill);
    this.fills.delete(fill);
  }

  /** Leaves a request to the stages below. */
  forwardAlone(context: RequestContext, why: Forwarding): void {
    context.set(directStatus, forwardStatus(why));
    context.events.emit(why === 'bypass' ? cacheEvents.bypass : cacheEvents.miss, context);
  }

  /** Tags that every entry of a URI and route bears. */
  tagsOf(uri: string, route: string): readonly string[] {
    return [everythingTag, routeTag(route), uriTag(uri)];
  }

  hasPlace(place: Place, facts: StoredFacts): boolean {
    return keyFor(place, facts.forEverybody) !== null;
  }

  /** @returns false when there is no place for it */
  keepInMemory({ place, plan, name }: FillTask, response: StoredResponse): boolean {
    const key = keyFor(place, response.facts.forEverybody);
    if (key === null) return false;
    this.memory.put(key, place.uri, plan.route, response);
    this.passedBy.forget(name);
    return true;
  }

  /** Drops what a fill was to confirm, and no more: a request may not evict what it could not have had. */
  forget({ place }: FillTask, stale: StoredResponse): void {
    const key = keyFor(place, stale.facts.forEverybody);
    if (key !== null) this.memory.delete(key);
  }

  get asksRemote(): boolean {
    return this.remote?.available === true;
  }

  async lookupRemotely(
    { place }: FillTask,
    tags: readonly string[],
    request: readonly string[],
  ): Promise<RemoteAnswer> {
    const { remote } = this;
    if (remote === null) return { response: null, generations: null };
    let found: RemoteAnswer = { response: null, generations: null };
    if (place.shared !== null) {
      found = await remote.lookup(place.shared, tags, request, (response) =>
        groupTags(place.uri, response.facts.groups),
      );
      if (found.response !== null && !mayTake(place, found.response)) found = { ...found, response: null };
      if (found.response !== null || found.generations === null || place.own === null) return found;
    }
    if (place.own === null) return found;
    return remote.lookup(place.own, tags, request, (response) => groupTags(place.uri, response.facts.groups));
  }

  storeRemotely({ place }: FillTask, response: StoredResponse, generations: readonly string[]): void {
    const key = keyFor(place, response.facts.forEverybody);
    if (key === null) return;
    const tags = groupTags(place.uri, response.facts.groups);
    this.remote?.store(key, response, generations, tags, this.now());
  }

  /**
   * Drops what bears one of the tags, here at once and elsewhere in the background.
   *
   * @returns how many entries of the memory went, and whether Redis and the other gateways know of it; null without Redis
   */
  invalidate(tags: readonly string[]): { readonly entries: number; readonly shared: Promise<boolean> | null } {
    const entries = this.drop(tags);
    this.others?.add(tags);
    return { entries, shared: this.remote === null ? null : this.remote.invalidate(tags) };
  }

  onModuleDestroy(): void {
    this.remote?.close();
  }

  /** Drops what bears one of the tags in this worker alone. @returns how many entries went */
  drop(tags: readonly string[]): number {
    let entries = 0;
    for (const tag of tags) entries += tag === everythingTag ? this.memory.clear() : this.memory.deleteTagged(tag);
    for (const fill of this.fills) {
      // Groups are known only when the response is here: a group spoils whatever of its kind may be on its way.
      if (tags.some((tag) => fill.tags.includes(tag) || tag.startsWith('g') || tag.startsWith('G'))) fill.spoil();
    }
    return entries;
  }

  private dropEverything(): void {
    this.drop([everythingTag]);
  }
}
