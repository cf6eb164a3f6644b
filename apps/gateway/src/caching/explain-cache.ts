import { readRequestFacts } from '@app/cache';
import type { RequestContext } from '../pipeline/contract/request-context.js';
import { placeOf, type CachePlan } from './cache-plan.js';
import type { ResponseCache } from './response-cache.js';

/**
 * Where a request without credentials would look, and what is in memory there. Who asks is part of the key, and is not
 * known to an explanation.
 */
export function explainCache(
  cache: ResponseCache,
  plan: CachePlan,
  context: RequestContext,
): Readonly<Record<string, unknown>> {
  const { head } = context;
  const settings = { scope: plan.scope, objectBytesMax: plan.objectBytesMax };
  if (head.method !== 'GET' && head.method !== 'HEAD') return { ...settings, looks: false };
  const place = placeOf(plan, context, readRequestFacts(head.raw));
  if (place === null) return { ...settings, looks: false };
  const stored = cache.find(place, head.raw);
  const inMemory = stored === undefined ? null : { ttlS: stored.ttlS(cache.now()) };
  // Parts of a key are set apart by what cannot stand in one.
  return { ...settings, looks: true, key: place.uri.replaceAll(/[^\x21-\x7e]+/g, ' '), inMemory };
}
