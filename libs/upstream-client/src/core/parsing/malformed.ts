/** Why bytes of an upstream are not taken as HTTP. Stable, and few enough to be a label. */
export type MalformedReason =
  /** Not `HTTP/1.1` or `HTTP/1.0` at the beginning. */
  | 'version'
  /** No status of three digits from 100 to 599. */
  | 'status'
  /** A byte that may not stand in a reason phrase. */
  | 'reason-phrase'
  /** A CR without LF, or an LF without CR. */
  | 'line-end'
  /** A field without a name or colon, or a byte in its name that is none of a token. */
  | 'field-name'
  /** A control byte in a field value. */
  | 'field-value'
  /** A line that continues the one before (RFC 9112 section 5.2). */
  | 'folded-line'
  /** Not one number, or too large. */
  | 'content-length'
  /** Anything but `chunked`, once. */
  | 'transfer-encoding'
  /** A length and a coding, a coding where there may be none, or either of them behind the body. */
  | 'framing'
  /** Not hexadecimal, or too large. */
  | 'chunk-size'
  | 'chunk-extension'
  /** No line end behind the data of a chunk. */
  | 'chunk-end'
  /** More interim responses than anyone needs. */
  | 'interim-count'
  /** 101 that nobody asked for, or that names no protocol. */
  | 'upgrade';

export type OversizeReason = 'head-bytes' | 'line-bytes' | 'field-count';

/** Thrown by the parser; the connection turns it into an `UpstreamError`. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';

  constructor(
    readonly reason: MalformedReason | OversizeReason,
    /** In the head (and not in the body or the trailers). */
    readonly tooLarge = false,
  ) {
    super(reason);
  }
}
