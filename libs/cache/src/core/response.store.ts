import { groupTags, routeTag, uriTag } from './cache-tags.js';
import type { FieldList } from './field-list.js';
import { S3FifoStore } from './s3-fifo.store.js';
import type { StoredResponse } from './stored-response.js';
import { TagIndex } from './tag-index.js';
import { selectingValues } from './vary.js';

/** The responses of one key, the newest first: Vary may have several stored. */
export interface Resource {
  readonly uri: string;
  readonly route: string;
  readonly responses: readonly StoredResponse[];
}

/** Responses of one key that Vary tells apart; the oldest goes when one more comes. */
const VARIANTS_MAX = 32;

/** The memory tier: complete responses by key, bounded by bytes, synchronous. */
export class ResponseStore {
  private readonly resources: S3FifoStore<Resource>;
  private readonly tags = new TagIndex();

  /** @param bytesMax what keys, fields and bodies may take together */
  constructor(bytesMax: number) {
    this.resources = new S3FifoStore(bytesMax, (key, resource) => this.untag(key, resource));
  }

  get bytes(): number {
    return this.resources.bytes;
  }

  get size(): number {
    return this.resources.size;
  }

  /** The resource of a key, counted as a use. */
  get(key: string): Resource | undefined {
    return this.resources.get(key);
  }

  put(key: string, uri: string, route: string, response: StoredResponse): void {
    const before = this.resources.peek(key);
    const others = (before?.responses ?? []).filter((other) => !selectsSame(other, response));
    const resource: Resource = { uri, route, responses: [response, ...others].slice(0, VARIANTS_MAX) };
    if (before !== undefined) this.untag(key, before);
    const bytes = resource.responses.reduce((sum, each) => sum + each.bytes, (key.length + uri.length) * 2);
    if (this.resources.set(key, resource, bytes)) this.tag(key, resource);
  }

  delete(key: string): boolean {
    const resource = this.resources.peek(key);
    if (resource === undefined) return false;
    this.untag(key, resource);
    return this.resources.delete(key);
  }

  /** @returns how many keys bore the tag */
  deleteTagged(tag: string): number {
    const keys = this.tags.of(tag);
    for (const key of keys) this.delete(key);
    return keys.length;
  }

  clear(): number {
    const { size } = this;
    this.resources.clear();
    this.tags.clear();
    return size;
  }

  private tag(key: string, resource: Resource): void {
    for (const tag of tagsOf(resource)) this.tags.add(tag, key);
  }

  private untag(key: string, resource: Resource): void {
    for (const tag of tagsOf(resource)) this.tags.remove(tag, key);
  }
}

/** The response of a resource that a request selects (RFC 9111 section 4.1), the newest of several. */
export function selectResponse({ responses }: Resource, request: FieldList): StoredResponse | undefined {
  for (let i = 0; i < responses.length; i++) {
    const { selecting, values } = responses[i].facts;
    if (selecting.length === 0 || selectingValues(selecting, request) === values) return responses[i];
  }
  return undefined;
}

function selectsSame({ facts: a }: StoredResponse, { facts: b }: StoredResponse): boolean {
  return a.values === b.values && a.selecting.join() === b.selecting.join();
}

function tagsOf({ uri, route, responses }: Resource): Set<string> {
  const tags = new Set([uriTag(uri), routeTag(route)]);
  for (const { facts } of responses) for (const tag of groupTags(uri, facts.groups)) tags.add(tag);
  return tags;
}
