import type { UpstreamErrorCode } from '../upstream-error.js';

/** Names the failure of a socket that was being opened. @param shaking TCP is there, TLS is not yet */
export function openingFailure(error: unknown, shaking: boolean): UpstreamErrorCode {
  if (shaking) return 'tls-failed';
  return lastCode(error) === 'ETIMEDOUT' ? 'connect-timeout' : 'connect-failed';
}

/** Of several addresses the last one tried speaks for all. */
function lastCode(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return lastCode(error.errors.at(-1));
  return (error as { code?: unknown } | null)?.code;
}
