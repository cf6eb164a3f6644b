import {
  compileQuery,
  entryKey,
  ownerKey,
  selectingValues,
  uriKey,
  type FieldList,
  type RequestFacts,
  type StoredFacts,
  type StoredResponse,
} from '@app/cache';
import type { GatewayConfig, RouteConfig } from '../config/schema/gateway.schema.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import type { RequestHead } from '../pipeline/contract/request-head.js';
import { compileJudgeRules, type JudgeRules } from './judge.js';

export type Scope = NonNullable<RouteConfig['cache']>['scope'];

/** Everything about caching that a route decides, worked out when the configuration is loaded. */
export interface CachePlan {
  readonly route: string;
  readonly scope: Scope;
  readonly judge: JudgeRules;
  readonly obeyClient: boolean;
  readonly objectBytesMax: number;
  readonly uri: (head: Pick<RequestHead, 'scheme' | 'host' | 'authority' | 'path' | 'query'>) => string;
  /** The part of a key that stands for what no owner has to do with. */
  sharedKey(uri: string, head: RequestHead): string;
}

export function compilePlan(
  route: RouteConfig,
  cache: NonNullable<RouteConfig['cache']>,
  config: GatewayConfig,
): CachePlan {
  const { varyBy } = cache;
  // Behind a trusted hop the upstream may be told another host than the one in the URI.
  const behindProxy = config.server.trustProxy.length > 0;
  return {
    route: route.id,
    scope: cache.scope,
    judge: compileJudgeRules(route, cache),
    obeyClient: cache.obeyClient,
    objectBytesMax: config.cache.objectBytesMax,
    uri: compileUri(cache),
    sharedKey(uri, head) {
      if (varyBy.length === 0 && !behindProxy) return entryKey(uri, route.id, '');
      const values = selectingValues(varyBy, head.raw);
      return entryKey(uri, route.id, ownerKey('v', values, behindProxy ? hostSent(head) : ''));
    },
  };
}

/** @param cache of the route, or undefined for one that only invalidates */
export function compileUri(cache: RouteConfig['cache']): CachePlan['uri'] {
  const normalize =
    cache === undefined ? null : compileQuery({ ignored: cache.query.ignore, sorted: cache.query.sort });
  if (normalize === null) {
    return (head) => uriKey(head.scheme, head.host, head.authority, head.path, head.query);
  }
  return (head) => uriKey(head.scheme, head.host, head.authority, head.path, normalize(head.query));
}

function hostSent({ fields }: RequestHead): string {
  // The edge writes it near the end.
  for (let i = fields.length - 2; i >= 0; i -= 2) if (fields[i] === 'x-forwarded-host') return fields[i + 1];
  return '';
}

/**
 * Where a request looks and where its response is put. An entry of everybody is at `shared`, one of a user or tenant at
 * `own`.
 */
export interface Place {
  readonly uri: string;
  /** null: what is for everybody is not asked for. */
  readonly shared: string | null;
  /** What is at `shared` may be used only when it says itself that it is for everybody. */
  readonly explicitOnly: boolean;
  readonly own: string | null;
  /** The response may be meant for one person, and nobody here knows which: it is stored only for everybody. */
  readonly credentials: boolean;
}

/** @returns null when nothing may be stored for this request, nor be taken from what is stored */
export function placeOf(plan: CachePlan, context: RequestContext, facts: RequestFacts): Place | null {
  const { head, identity } = context;
  const uri = plan.uri(head);
  const shared = plan.sharedKey(uri, head);
  if (plan.scope === 'public') return { uri, shared, explicitOnly: false, own: null, credentials: false };
  const owner = identity === null ? null : ownerOf(plan.scope, context);
  if (plan.scope !== 'auto') {
    if (owner === null) return null;
    return { uri, shared: null, explicitOnly: true, own: shared + owner, credentials: false };
  }
  if (identity === null) {
    return { uri, shared, explicitOnly: facts.credentials, own: null, credentials: facts.credentials };
  }
  return {
    uri,
    shared,
    explicitOnly: true,
    own: owner === null ? null : shared + owner,
    credentials: owner === null,
  };
}

/** Whom a request belongs to; null when its identity has no name. */
function ownerOf(scope: Scope, { identity }: RequestContext): string | null {
  if (identity === null) return null;
  const { provider, tenant, subject, apiKey } = identity;
  if (scope === 'tenant' && tenant !== '') return ownerKey('t', provider, tenant);
  return subject === '' && apiKey === '' ? null : ownerKey('u', provider, tenant, subject, apiKey);
}

/** Where a response goes; null when there is no place for it. */
export function keyFor(place: Place, forEverybody: boolean): string | null {
  if (place.shared !== null && (forEverybody || !place.explicitOnly)) return place.shared;
  return place.own;
}

/** Whether a response that came for one request answers another one as well (RFC 9111 section 4.1). */
export function suits(other: Place, place: Place, facts: StoredFacts, request: FieldList): boolean {
  const key = keyFor(place, facts.forEverybody);
  if (key === null || (key !== other.own && (key !== other.shared || (other.explicitOnly && !facts.forEverybody)))) {
    return false;
  }
  return facts.selecting.length === 0 || selectingValues(facts.selecting, request) === facts.values;
}

/** Whether a request may have a response that is stored at `shared`. */
export function mayTake(place: Place, response: StoredResponse): boolean {
  return !place.explicitOnly || response.facts.forEverybody;
}
