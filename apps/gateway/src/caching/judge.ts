import {
  allValues,
  bornAtMs,
  firstValue,
  freshnessLifetimeMs,
  isForEverybody,
  joinedValue,
  mayStore,
  normalizeSelecting,
  parseCacheControl,
  parseCacheGroups,
  parseVary,
  selectingValues,
  staleness,
  storedFields,
  type FreshnessRules,
  type Selecting,
  type StaleDefaults,
  type StorageRules,
  type StoredFacts,
} from '@app/cache';
import type { RouteConfig } from '../config/schema/gateway.schema.js';

/** What a route says about storing, worked out when the configuration is loaded. */
export interface JudgeRules extends FreshnessRules, StorageRules, StaleDefaults {
  /** Request fields to which the route gives a value of its own: they differ for nobody. */
  readonly constant: ReadonlySet<string>;
}

/** A response that has come for a request, and the request as the client and as the upstream saw it. */
export interface Candidate {
  readonly status: number;
  readonly fields: readonly string[];
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
  readonly credentials: boolean;
  readonly request: readonly string[];
  readonly sent: readonly string[];
}

export function compileJudgeRules(route: RouteConfig, cache: NonNullable<RouteConfig['cache']>): JudgeRules {
  const { set, remove } = route.headers.request;
  return {
    ttlMs: cache.ttlMs,
    heuristicPercent: cache.heuristicPercent,
    statuses: new Set(cache.statuses),
    everythingPublic: cache.scope === 'public',
    dropSetCookie: cache.dropSetCookie,
    staleWhileRevalidateMs: cache.staleWhileRevalidateMs,
    staleIfErrorMs: cache.staleIfErrorMs,
    constant: new Set([...Object.keys(set), ...remove]),
  };
}

/** @returns what is to be stored of a response, beside its body; null when it may not be, or would be of no use */
export function judge(candidate: Candidate, rules: JudgeRules): StoredFacts | null {
  const { status, fields, answeredAtMs, askedAtMs } = candidate;
  const control = parseCacheControl(joinedValue(fields, 'cache-control'));
  if (!mayStore(status, fields, control, candidate.credentials, rules)) return null;
  // Two lengths: whoever reads the other one sees another message (RFC 9112 section 6.3).
  if (new Set(allValues(fields, 'content-length')).size > 1) return null;
  const selecting = selectingOf(candidate, rules);
  if (selecting === null) return null;
  const lifetimeMs = freshnessLifetimeMs(status, fields, control, answeredAtMs, rules);
  // A response that says nothing was not made for a cache.
  if (lifetimeMs < 0 && !control.noCache) return null;
  const born = bornAtMs(fields, askedAtMs, answeredAtMs);
  const stale = staleness(control, lifetimeMs, rules);
  const freshUntilMs = born + (stale.alwaysValidate ? 0 : lifetimeMs);
  const validator = `${firstValue(fields, 'etag') ?? ''}${firstValue(fields, 'last-modified') ?? ''}` !== '';
  const useful = freshUntilMs > answeredAtMs || validator || (!stale.alwaysValidate && stale.staleIfErrorMs > 0);
  if (!useful) return null;
  return {
    status,
    fields: storedFields(fields, control, answeredAtMs),
    bornAtMs: born,
    freshUntilMs,
    ...stale,
    forEverybody: isForEverybody(control),
    selecting,
    values: selectingValues(selecting, candidate.request),
    groups: parseCacheGroups(joinedValue(fields, 'cache-groups')),
  };
}

/** Fields by which a response cannot differ among the requests of one key, since the key holds what they say. */
const keyed: ReadonlySet<string> = new Set(['host', 'x-forwarded-host', 'x-forwarded-proto']);

/**
 * The fields that select the response. A field for which the upstream got something else than the client has sent does
 * not tell requests apart: a response that varies by it answers no other one.
 */
function selectingOf({ fields, request, sent }: Candidate, rules: JudgeRules): Selecting | null {
  const named = parseVary(joinedValue(fields, 'vary'));
  if (named === null) return null;
  const selecting: string[] = [];
  for (const name of named) {
    if (keyed.has(name) || rules.constant.has(name)) continue;
    if (ours.has(name)) return null;
    const asked = normalizeSelecting(name, joinedValue(request, name));
    if (asked !== normalizeSelecting(name, joinedValue(sent, name))) return null;
    selecting.push(name);
  }
  return selecting;
}

/** Fields that the gateway writes about each client by itself. */
const ours: ReadonlySet<string> = new Set([
  'forwarded',
  'traceparent',
  'tracestate',
  'via',
  'x-forwarded-for',
  'x-real-ip',
  'x-request-id',
  'x-tenant-id',
  'x-user-id',
]);
