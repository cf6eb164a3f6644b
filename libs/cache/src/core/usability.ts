import { noDirectives, type CacheControl } from './cache-control.js';
import type { StoredResponse } from './stored-response.js';

/**
 * What may be done with a stored response: use it as it is (`fresh`), use it although it is stale (`stale`), use it and
 * fetch a new one meanwhile (`refresh`, RFC 5861 section 3), or ask the upstream first (`validate`).
 */
export type Use = 'fresh' | 'stale' | 'refresh' | 'validate';

/** @param asked Cache-Control of the request (RFC 9111 section 5.2.1), or noDirectives where it does not count */
export function useOf(stored: StoredResponse, asked: Readonly<CacheControl>, nowMs: number): Use {
  const { alwaysValidate, bornAtMs, freshUntilMs, neverStale, staleWhileRevalidateMs } = stored.facts;
  if (alwaysValidate) return 'validate';
  if (asked !== noDirectives) {
    if (asked.noCache) return 'validate';
    if (asked.maxAgeS >= 0 && nowMs - bornAtMs > asked.maxAgeS * 1000) return 'validate';
    if (asked.minFreshS >= 0 && freshUntilMs - nowMs < asked.minFreshS * 1000) return 'validate';
    if (asked.maxStaleS >= 0 && nowMs >= freshUntilMs && !neverStale) {
      if (nowMs < freshUntilMs + asked.maxStaleS * 1000) return 'stale';
    }
  }
  if (nowMs < freshUntilMs) return 'fresh';
  return nowMs < freshUntilMs + staleWhileRevalidateMs ? 'refresh' : 'validate';
}
