import { EventKey } from '../pipeline/contract/events.js';
import type { RequestContext } from '../pipeline/contract/request-context.js';

/** How a request on a route with a cache was answered. Each request is told of once. */
export const cacheEvents = {
  /** By a stored response, fresh. */
  hit: new EventKey<RequestContext>('cache.hit'),
  /** By the upstream: nothing stored could be used. */
  miss: new EventKey<RequestContext>('cache.miss'),
  /** By a stored response that was stale. */
  stale: new EventKey<RequestContext>('cache.stale'),
  /** By a stored response that the upstream has confirmed. */
  revalidated: new EventKey<RequestContext>('cache.revalidated'),
  /** By the upstream: the request is not one for a cache. */
  bypass: new EventKey<RequestContext>('cache.bypass'),
  /** By the response to somebody else's request, which was under way. */
  collapsed: new EventKey<RequestContext>('cache.collapsed'),
} as const;
