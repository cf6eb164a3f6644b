/** What can go wrong with an exchange. Stable: problems, metrics and retries are decided by it. */
export type UpstreamErrorCode =
  | 'connect-failed'
  | 'connect-timeout'
  | 'tls-failed'
  /** The connection broke before the exchange was complete. */
  | 'reset'
  | 'headers-timeout'
  | 'idle-timeout'
  | 'malformed'
  | 'head-too-large'
  /** The request could not be written as HTTP, or its body broke off. */
  | 'request-failed'
  /** Ended by our own `abort()`. */
  | 'aborted';

const brand = Symbol.for('sluice.upstream-error');

export class UpstreamError extends Error {
  readonly [brand] = true;
  override readonly name = 'UpstreamError';

  constructor(
    readonly code: UpstreamErrorCode,
    options?: { cause?: unknown },
  ) {
    super(code, options);
  }

  static is(value: unknown): value is UpstreamError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
