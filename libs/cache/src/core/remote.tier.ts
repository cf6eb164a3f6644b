import { createHash, randomBytes } from 'node:crypto';
import type { Keyv } from 'keyv';
import type { BoundedStore } from './bounded.store.js';
import type { FieldList } from './field-list.js';
import { decodeResponse, encodeResponse, type Decoded } from './stored-response.codec.js';
import type { StoredResponse } from './stored-response.js';
import { selectingValues, type Selecting } from './vary.js';

/** What the remote tier has on a key. */
export interface RemoteAnswer {
  readonly response: StoredResponse | null;
  /** Where the tags of the key are at: what is stored later has to say so. null when nobody could be asked. */
  readonly generations: readonly string[] | null;
}

export interface RemoteTierOptions {
  readonly keyv: Keyv;
  readonly bounded: BoundedStore;
  /** Larger bodies stay in memory alone, in bytes. */
  readonly objectBytesMax: number;
}

/** Longest time that an entry lives, in milliseconds. */
const REMOTE_TTL_MS_MAX = 86_400_000;
/** A generation outlives every entry that names the one before. */
const GENERATION_TTL_MS = REMOTE_TTL_MS_MAX + 3_600_000;
const WRITES_MAX = 64;
const WRITE_BYTES_MAX = 8_388_608;

const unknown: RemoteAnswer = { response: null, generations: null };

/**
 * Responses that several gateways share. Every answer comes in time (see BoundedStore); nothing here rejects.
 *
 * What bears a tag is invalidated without being looked for: each tag has a generation, a random text that an
 * invalidation replaces, and an entry counts only while its tags are at the generations that it was made under. A tag
 * that was never invalidated has none, and needs no key.
 */
export class RemoteTier {
  private writes = 0;
  private writeBytes = 0;

  constructor(private readonly options: RemoteTierOptions) {}

  get available(): boolean {
    return this.options.bounded.available;
  }

  /**
   * @param tags those that the key has by itself, always in the same order
   * @param groupTags gives the further tags of a response
   */
  async lookup(
    key: string,
    tags: readonly string[],
    request: FieldList,
    groupTags: (response: StoredResponse) => readonly string[],
  ): Promise<RemoteAnswer> {
    const name = hash(key);
    try {
      const [text, ...generations] = await Promise.all([
        this.options.keyv.get<string>(name),
        ...tags.map((tag) => this.generation(tag)),
      ]);
      let found = decodeResponse(text);
      if (found !== null && !selects(found, request)) found = await this.variant(name, found, request);
      if (found === null || !startsWith(found.generations, generations)) return { response: null, generations };
      const further = groupTags(found.response);
      if (further.length > 0) {
        const now = await Promise.all(further.map((tag) => this.generation(tag)));
        if (now.join() !== found.generations.slice(tags.length).join()) return { response: null, generations };
      }
      return { response: found.response, generations };
    } catch {
      return unknown;
    }
  }

  /** Stores a response in the background, or leaves it when too much is under way. */
  store(
    key: string,
    response: StoredResponse,
    generations: readonly string[],
    groupTags: readonly string[],
    nowMs: number,
  ): void {
    const { objectBytesMax } = this.options;
    const bytes = response.body.byteLength;
    const leftMs = Math.max(0, response.facts.freshUntilMs - nowMs) + response.usefulStaleMs;
    const ttlMs = Math.floor(Math.min(leftMs, REMOTE_TTL_MS_MAX));
    if (ttlMs < 1_000 || bytes > objectBytesMax || !this.available) return;
    if (this.writes >= WRITES_MAX || this.writeBytes + bytes > WRITE_BYTES_MAX) return;
    this.writes++;
    this.writeBytes += bytes;
    void this.write(hash(key), response, generations, groupTags, ttlMs)
      .catch(() => undefined)
      .finally(() => {
        this.writes--;
        this.writeBytes -= bytes;
      });
  }

  /** @returns false when Redis could not be told, and may still give what bears the tags */
  async invalidate(tags: readonly string[]): Promise<boolean> {
    const generation = randomBytes(9).toString('base64url');
    try {
      await Promise.all(tags.map((tag) => this.options.keyv.set(`g${hash(tag)}`, generation, GENERATION_TTL_MS)));
      return true;
    } catch {
      return false;
    }
  }

  private async write(
    name: string,
    response: StoredResponse,
    generations: readonly string[],
    groupTags: readonly string[],
    ttlMs: number,
  ): Promise<void> {
    const further = await Promise.all(groupTags.map((tag) => this.generation(tag)));
    const text = encodeResponse(response, [...generations, ...further]);
    const { selecting, values } = response.facts;
    const names = selecting.length === 0 ? [name] : [name, variantName(name, selecting, values)];
    await Promise.all(names.map((each) => this.options.keyv.set(each, text, ttlMs)));
  }

  /** Another response of the key, by what the request says where the newest one varies. */
  private async variant(name: string, { response }: Decoded, request: FieldList): Promise<Decoded | null> {
    const { selecting } = response.facts;
    const values = selectingValues(selecting, request);
    const found = decodeResponse(await this.options.keyv.get<string>(variantName(name, selecting, values)));
    return found !== null && selects(found, request) ? found : null;
  }

  private async generation(tag: string): Promise<string> {
    return (await this.options.keyv.get<string>(`g${hash(tag)}`)) ?? '';
  }
}

function selects({ response: { facts } }: Decoded, request: FieldList): boolean {
  return facts.selecting.length === 0 || selectingValues(facts.selecting, request) === facts.values;
}

function startsWith(whole: readonly string[], start: readonly string[]): boolean {
  return start.every((text, i) => text === whole[i]);
}

function variantName(name: string, selecting: Selecting, values: string): string {
  return hash(`${name}\n${selecting.join()}\n${values}`);
}

/** Keys of a fixed length, whatever a client asks for. */
function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
