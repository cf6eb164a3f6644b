export { parseByteRange } from './core/byte-range.js';
export { noDirectives, parseCacheControl } from './core/cache-control.js';
export { parseCacheGroups } from './core/cache-groups.js';
export { compileQuery, entryKey, ownerKey, uriKey } from './core/cache-key.js';
export { anyGroupTag, everythingTag, groupTag, groupTags, originOf, routeTag, uriTag } from './core/cache-tags.js';
export { isNotModified, rangeHolds, sameWeakly } from './core/conditional.js';
export { allValues, firstValue, joinedValue, type FieldList } from './core/field-list.js';
export { bornAtMs, freshnessLifetimeMs, type FreshnessRules } from './core/freshness.js';
export { PurgeFeed } from './core/purge.feed.js';
export { RecentKeys } from './core/recent-keys.js';
export { redisKeyv } from './core/redis.stores.js';
export { RemoteTier, type RemoteAnswer } from './core/remote.tier.js';
export { readRequestFacts, type RequestFacts } from './core/request-facts.js';
export { ResponseStore, selectResponse } from './core/response.store.js';
export { isForEverybody, mayStore, understoodStatuses, type StorageRules } from './core/storage.policy.js';
export {
  fieldsOf304,
  freshenedFields,
  staleness,
  storedFields,
  StoredResponse,
  type StaleDefaults,
  type StoredFacts,
} from './core/stored-response.js';
export { normalizeSelecting, parseVary, selectingValues, type Selecting } from './core/vary.js';
export { useOf } from './core/usability.js';
export { twoTierStores, type TwoTierOptions } from './core/two-tier.stores.js';
export { HttpCacheInterceptor } from './nest/http-cache.interceptor.js';
export { TwoTierCacheModule } from './nest/two-tier-cache.module.js';
