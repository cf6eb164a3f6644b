/**
 * Why a try of an upstream came to nothing. Stable: breakers, retries and metrics are decided by it.
 * `request-failed` and `aborted` are no fault of the upstream.
 */
export type TryFailure =
  | 'connect-failed'
  | 'connect-timeout'
  | 'tls-failed'
  /** The connection broke before the response was complete. */
  | 'reset'
  | 'headers-timeout'
  | 'idle-timeout'
  | 'malformed'
  | 'head-too-large'
  /** The request could not be written as HTTP, or its body broke off. */
  | 'request-failed'
  /** The client left, or the gateway gave up for a reason of its own. */
  | 'aborted';
