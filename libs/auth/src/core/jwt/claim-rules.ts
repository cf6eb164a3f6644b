import type { Claims } from './read-token.js';
import type { TokenFault } from './token-fault.js';

/** What the claims of a proven token must say (RFC 7519 section 4.1). */
export interface ClaimRules {
  /** `iss`; null takes any. */
  readonly issuer: string | null;
  /** `aud` must name one of these; empty takes any. */
  readonly audiences: readonly string[];
  /** Difference of clocks that is borne, in seconds. */
  readonly leewayS: number;
  /** A token without `exp` is refused. */
  readonly expiryRequired: boolean;
  /** How far `exp` may lie ahead, in seconds; null for any distance. */
  readonly lifetimeMaxS: number | null;
}

/**
 * Holds claims against the rules. Times are NumericDates (RFC 7519 section 2), taken only as whole JSON numbers:
 * a text or a fraction is read in different ways by those who come behind us.
 *
 * @param nowS seconds since 1970
 */
export function claimFault(claims: Claims, rules: ClaimRules, nowS: number): TokenFault | null {
  return timeFault(claims, rules, nowS) ?? partyFault(claims, rules);
}

function timeFault(
  claims: Claims,
  { leewayS, expiryRequired, lifetimeMaxS }: ClaimRules,
  nowS: number,
): TokenFault | null {
  const expires = dateOf(claims, 'exp');
  const notBefore = dateOf(claims, 'nbf');
  const issued = dateOf(claims, 'iat');
  if (expires === null || notBefore === null || issued === null) return 'claims';
  if (expires === undefined && expiryRequired) return 'claims';
  // RFC 7519 section 4.1.4: not on the second itself, nor after it.
  if (expires !== undefined && nowS >= expires + leewayS) return 'expired';
  if (notBefore !== undefined && notBefore > nowS + leewayS) return 'not-yet-valid';
  if (issued !== undefined && issued > nowS + leewayS) return 'not-yet-valid';
  if (expires !== undefined && lifetimeMaxS !== null && expires - nowS > lifetimeMaxS + leewayS) return 'lifetime';
  return null;
}

function partyFault(claims: Claims, { issuer, audiences }: ClaimRules): TokenFault | null {
  if (!isTextOrAbsent(claims, 'iss') || !isTextOrAbsent(claims, 'sub')) return 'claims';
  if (issuer !== null && ownClaim(claims, 'iss') !== issuer) return 'issuer';
  const audience = ownClaim(claims, 'aud') ?? [];
  const named: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  if (!named.every((name) => typeof name === 'string')) return 'claims';
  return audiences.length === 0 || audiences.some((name) => named.includes(name)) ? null : 'audience';
}

/** undefined when there is none, null when it is no NumericDate. */
function dateOf(claims: Claims, name: string): number | undefined | null {
  if (!Object.hasOwn(claims, name)) return undefined;
  const value = claims[name];
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

function isTextOrAbsent(claims: Claims, name: string): boolean {
  return !Object.hasOwn(claims, name) || typeof claims[name] === 'string';
}

function ownClaim(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
