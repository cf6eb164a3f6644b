import type { CacheControl } from './cache-control.js';
import { firstValue } from './field-list.js';
import { formatHttpDate } from './http-date.js';
import type { Selecting } from './vary.js';

/** What is known of a response beside its fields and body. Times are milliseconds since 1970. */
export interface StoredFacts {
  readonly status: number;
  /** Flat, lower-case; neither Age nor Content-Length, which belong to one message, nor what may not be stored. */
  readonly fields: readonly string[];
  /** When it was made: its age is the time since (RFC 9111 section 4.2.3). */
  readonly bornAtMs: number;
  readonly freshUntilMs: number;
  /** It may never be used without asking: `no-cache`, or no lifetime. */
  readonly alwaysValidate: boolean;
  /** It may not be used stale: `must-revalidate`, `proxy-revalidate`, `s-maxage`. */
  readonly neverStale: boolean;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  /** It says itself that it may be given to everybody. */
  readonly forEverybody: boolean;
  readonly selecting: Selecting;
  /** What the request said in the selecting fields, see selectingValues(). */
  readonly values: string;
  readonly groups: readonly string[];
}

/** Memory that an entry takes beside its texts and its body, in bytes: roughly what V8 needs for the objects. */
const OVERHEAD_BYTES = 512;

/** A complete response to a GET. Never changed: what a 304 freshens is made anew, over the same body. */
export class StoredResponse {
  readonly etag: string;
  readonly lastModified: string;
  readonly bytes: number;

  constructor(
    readonly facts: StoredFacts,
    readonly body: Uint8Array,
  ) {
    this.etag = firstValue(facts.fields, 'etag') ?? '';
    this.lastModified = firstValue(facts.fields, 'last-modified') ?? '';
    let characters = facts.values.length;
    for (const text of facts.fields) characters += text.length;
    this.bytes = OVERHEAD_BYTES + characters + body.byteLength;
  }

  isFresh(nowMs: number): boolean {
    return nowMs < this.facts.freshUntilMs;
  }

  ageS(nowMs: number): number {
    return Math.max(0, Math.floor((nowMs - this.facts.bornAtMs) / 1000));
  }

  ttlS(nowMs: number): number {
    return Math.floor((this.facts.freshUntilMs - nowMs) / 1000);
  }

  /** It can be asked for by "only if it has changed". */
  get hasValidator(): boolean {
    return this.etag !== '' || this.lastModified !== '';
  }

  /** How long behind its freshness it can still be of use, in milliseconds. */
  get usefulStaleMs(): number {
    const { staleWhileRevalidateMs, staleIfErrorMs } = this.facts;
    return Math.max(staleWhileRevalidateMs, staleIfErrorMs, this.hasValidator ? VALIDATED_MS : 0);
  }
}

/** How long a stale response with a validator is worth keeping elsewhere than in memory, in milliseconds. */
const VALIDATED_MS = 300_000;

/** Fields of a message, not of what is stored (RFC 9111 section 3.1). */
const perMessage: ReadonlySet<string> = new Set([
  'age',
  'cache-group-invalidation',
  'content-length',
  'set-cookie',
  'set-cookie2',
  'trailer',
  'x-request-id',
]);

/** The fields of a response as they are stored, with a Date (RFC 9110 section 6.6.1). */
export function storedFields(fields: readonly string[], control: Readonly<CacheControl>, nowMs: number): string[] {
  const kept: string[] = [];
  let dated = false;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i].toLowerCase();
    if (perMessage.has(name) || control.withheld.includes(name)) continue;
    dated ||= name === 'date';
    kept.push(name, fields[i + 1]);
  }
  if (!dated) kept.push('date', formatHttpDate(nowMs));
  return kept;
}

/** Fields that tell how the stored body is to be read: a 304, which has none, cannot change them. */
const ofBody: ReadonlySet<string> = new Set(['content-encoding', 'content-range', 'content-type', 'transfer-encoding']);

/** Stored fields after a 304 has brought newer ones (RFC 9111 section 3.2). */
export function freshenedFields(
  stored: readonly string[],
  newer: readonly string[],
  control: Readonly<CacheControl>,
  nowMs: number,
): string[] {
  const fresh = storedFields(newer, control, nowMs);
  const replaced = new Set<string>();
  for (let i = 0; i < fresh.length; i += 2) if (!ofBody.has(fresh[i])) replaced.add(fresh[i]);
  const merged: string[] = [];
  for (let i = 0; i < stored.length; i += 2) {
    if (!replaced.has(stored[i])) merged.push(stored[i], stored[i + 1]);
  }
  for (let i = 0; i < fresh.length; i += 2) {
    if (!ofBody.has(fresh[i])) merged.push(fresh[i], fresh[i + 1]);
  }
  return merged;
}

/** Fields that a 304 repeats (RFC 9110 section 15.4.5). */
const of304: ReadonlySet<string> = new Set([
  'cache-control',
  'cache-groups',
  'cache-status',
  'content-location',
  'date',
  'etag',
  'expires',
  'vary',
]);

export function fieldsOf304(fields: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < fields.length; i += 2) if (of304.has(fields[i])) kept.push(fields[i], fields[i + 1]);
  return kept;
}

/** Says what a stale response may still be used for. */
export function staleness(control: Readonly<CacheControl>, lifetimeMs: number, defaults: StaleDefaults) {
  const neverStale = control.mustRevalidate || control.proxyRevalidate || control.sMaxAgeS >= 0;
  const ms = (seconds: number, otherwise: number): number => (seconds >= 0 ? seconds * 1000 : otherwise);
  return {
    alwaysValidate: control.noCache || lifetimeMs <= 0,
    neverStale,
    // RFC 5861 gives its own permission, which must-revalidate takes back (RFC 9111 section 5.2.2.2).
    staleWhileRevalidateMs: neverStale
      ? ms(control.mustRevalidate || control.proxyRevalidate ? 0 : control.staleWhileRevalidateS, 0)
      : ms(control.staleWhileRevalidateS, defaults.staleWhileRevalidateMs),
    staleIfErrorMs: neverStale
      ? ms(control.mustRevalidate || control.proxyRevalidate ? 0 : control.staleIfErrorS, 0)
      : ms(control.staleIfErrorS, defaults.staleIfErrorMs),
  };
}

export interface StaleDefaults {
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
}
