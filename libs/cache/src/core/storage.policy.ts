import type { CacheControl } from './cache-control.js';
import { firstValue, type FieldList } from './field-list.js';

/** What a response is judged by, beside itself. */
export interface StorageRules {
  /** Statuses that may be stored. */
  readonly statuses: ReadonlySet<number>;
  /** The operator says that every response is for everybody. */
  readonly everythingPublic: boolean;
  /** Responses with Set-Cookie are stored, without that field. */
  readonly dropSetCookie: boolean;
}

/**
 * Statuses whose caching needs nothing that we do not do (RFC 9110 section 15.1): those that are cacheable by default,
 * and 302 and 307 when they say so. 206 is not among them: parts are not stored.
 */
export const understoodStatuses: readonly number[] = [200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501];

/** Whether a response says itself that it may be given to everybody (RFC 9111 section 3.5; `must-revalidate` alone does not). */
export function isForEverybody(control: Readonly<CacheControl>): boolean {
  return !control.isPrivate && (control.isPublic || control.sMaxAgeS >= 0);
}

/**
 * Whether a shared cache may keep the response to a GET (RFC 9111 section 3). Freshness is another question.
 *
 * @param credentials the request had Authorization or Cookie, and nobody here knows whose they are
 */
export function mayStore(
  status: number,
  fields: FieldList,
  control: Readonly<CacheControl>,
  credentials: boolean,
  rules: StorageRules,
): boolean {
  if (!rules.statuses.has(status) || control.malformed || control.isPrivate) return false;
  // RFC 9111 section 5.2.2.3: with must-understand, no-store is for those who do not know the status.
  if (control.noStore && !control.mustUnderstand) return false;
  if (credentials && !rules.everythingPublic && !isForEverybody(control)) return false;
  if (!rules.dropSetCookie && firstValue(fields, 'set-cookie') !== undefined) return false;
  if (firstValue(fields, 'content-range') !== undefined) return false;
  const type = firstValue(fields, 'content-type');
  return type === undefined || !type.toLowerCase().startsWith('text/event-stream');
}
