/** How much of everything a response may have. What goes beyond ends the exchange, and its connection. */
export interface ParserLimits {
  /** Bytes of one head, interim or final, and of the trailers, line ends included. */
  readonly headBytesMax: number;
  /** Bytes of one line of a head or the trailers, and of a line that begins a chunk. */
  readonly lineBytesMax: number;
  /** Fields of one head, and of the trailers. */
  readonly fieldsMax: number;
  /** Bytes of chunk extensions in one body. */
  readonly chunkExtensionBytesMax: number;
  /** Interim responses before the final one. */
  readonly interimMax: number;
}

export const DEFAULT_LIMITS: ParserLimits = {
  headBytesMax: 65_536,
  lineBytesMax: 65_536,
  fieldsMax: 1_000,
  chunkExtensionBytesMax: 16_384,
  interimMax: 100,
};
