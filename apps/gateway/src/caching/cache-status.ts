/** `Cache-Status` (RFC 9211) of this cache; what caches behind it have said stands in front. */
const NAME = 'sluice';

/** Why a request went to the upstream. `request`: what was stored was fresh, and not what the request wanted. */
export type Forwarding = 'bypass' | 'method' | 'miss' | 'stale' | 'request';

/** @param ttlS seconds for which the response stays fresh; below 0 since it went stale */
export function hitStatus(ttlS: number): string {
  return `${NAME}; hit; ttl=${ttlS}`;
}

export function forwardStatus(why: Forwarding, more = ''): string {
  return `${NAME}; fwd=${why}${more}`;
}
