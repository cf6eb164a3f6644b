/** What can go wrong with an exchange. Stable: problems, metrics and retries are decided by it. */
export type UpstreamErrorCode =
  | 'connect-failed'
  /** No connection in time: it could not be opened, or none came free. */
  | 'connect-timeout'
  | 'tls-failed'
  /** The connection broke before the exchange was complete. */
  | 'reset'
  | 'headers-timeout'
  /** A pause in a body, of the response or (when the upstream does not take it) of the request. */
  | 'idle-timeout'
  | 'malformed'
  | 'head-too-large'
  /** The request could not be written as HTTP, or its body broke off. */
  | 'request-failed'
  /** Ended by our own `abort()`, or by `destroy()` of the client. */
  | 'aborted';

const brand = Symbol.for('sluice.upstream-error');

export interface UpstreamErrorOptions {
  readonly cause?: unknown;
  /** Says more than the code: a {@link MalformedReason}, or what a connection was doing. A stable word, too. */
  readonly reason?: string;
}

export class UpstreamError extends Error {
  readonly [brand] = true;
  override readonly name = 'UpstreamError';
  /** The empty string when the code says all. */
  readonly reason: string;

  constructor(
    readonly code: UpstreamErrorCode,
    options?: UpstreamErrorOptions,
  ) {
    super(code, options);
    this.reason = options?.reason ?? '';
  }

  static is(value: unknown): value is UpstreamError {
    return typeof value === 'object' && value !== null && brand in value;
  }
}
