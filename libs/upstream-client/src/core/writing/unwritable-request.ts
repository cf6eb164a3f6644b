/** Why a request cannot be written as HTTP. Stable. */
export type UnwritableReason =
  /** No token, or CONNECT, which needs a client of its own. */
  | 'method'
  /** Neither a path in visible ASCII without fragment, nor `*` for OPTIONS. */
  | 'target'
  | 'field-name'
  | 'field-value'
  /** A field that only the client itself may write, since it frames the message or speaks of the connection. */
  | 'own-field'
  /** Several `host`. */
  | 'host'
  | 'upgrade'
  /** Trailers without chunks, or a body that is neither counted nor to be chunked. */
  | 'body';

/** Thrown by the writer; the client turns it into an `UpstreamError`. */
export class UnwritableRequest extends Error {
  override readonly name = 'UnwritableRequest';

  constructor(readonly reason: UnwritableReason) {
    super(reason);
  }
}
