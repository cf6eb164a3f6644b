import type { Duplex, Readable } from 'node:stream';
import type { UpstreamError } from './upstream-error.js';

export interface UpstreamRequest {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Fields, flat, `host` among them; no hop-by-hop and no framing fields: the client writes those itself. */
  readonly headers: string[];
  /** Whole, streamed, or none. The client pauses and resumes a stream, but leaves it to its owner to destroy it. */
  readonly body: Uint8Array | Readable | null;
  /** Bytes of a streamed body; -1 sends it chunked. */
  readonly bodyBytes: number;
  /** Protocol to upgrade to, or the empty string. */
  readonly upgrade: string;
  /**
   * Send `Expect: 100-continue`; the 100 arrives at `onInformation`. A body that is whole waits for it, for a second at
   * most; a stream is held back by its owner.
   */
  readonly expectsContinue: boolean;
  /** Gives the trailer fields, flat, once the body has ended; null sends none. They need a chunked body. */
  readonly trailers: (() => string[]) | null;
}

/** A large chunk in a buffer that belongs to a pool. */
export interface ChunkLease {
  /** Gives the buffer back: from then on the chunk may be overwritten at any time. Harmless when repeated. */
  release(): void;
}

/**
 * What the client tells about an exchange. After `onEnd`, `onUpgrade` or `onError` nothing more comes.
 * Calls may come from within `exchange()`.
 */
export interface ExchangeHandler {
  /**
   * Set by a receiver that gives chunks back: large ones then come in pooled buffers, with a lease, and are not copied.
   */
  readonly leasesChunks?: boolean;
  /**
   * The request has got its connection. Told once, before anything else of the exchange; an exchange that fails before
   * does not tell it.
   *
   * @param at milliseconds of `performance.now()`
   */
  onConnected?(at: number): void;
  /** An interim response (1xx but 101). */
  onInformation(status: number, headers: string[]): void;
  /** The final response head; fields flat, with lower-case names, as everywhere in this interface. */
  onHead(status: number, statusText: string, headers: string[]): void;
  /**
   * The chunk is the receiver's, for good when there is no lease, until it is released when there is one.
   *
   * @param lease only for a receiver that {@link leasesChunks}, and only for large chunks
   * @returns false to pause until `resume()`; the end of the response may still follow
   */
  onData(chunk: Uint8Array, lease?: ChunkLease | null): boolean;
  /** The response is complete. */
  onEnd(trailers: string[]): void;
  /** The connection now speaks another protocol and belongs to the receiver. */
  onUpgrade(status: number, headers: string[], socket: Duplex): void;
  onError(error: UpstreamError): void;
}

/** A running exchange. */
export interface Exchange {
  /** Ends it at once and frees its connection; no call of the handler follows. Harmless when it is over. */
  abort(): void;
  resume(): void;
}

export interface UpstreamClientStats {
  /** Connections that exist, being opened included. */
  open: number;
  /** Connections that wait for a request. */
  idle: number;
  /** Requests that wait for a connection. */
  waiting: number;
  /** Exchanges under way on a connection, being opened included. */
  active: number;
}

/** Talks HTTP/1.1 to one target. */
export interface UpstreamClient {
  exchange(request: UpstreamRequest, handler: ExchangeHandler): Exchange;
  /** Takes no new exchanges; resolves when the running ones are over and every connection is closed. */
  drain(): Promise<void>;
  /** Breaks everything off. */
  destroy(): void;
  stats(): UpstreamClientStats;
}
