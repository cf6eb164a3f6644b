import type { LookupAddress } from 'node:dns';
import type { LargeBuffers } from '../connection/large-buffers.js';
import type { DeadlineSource } from '../deadlines/deadlines.js';
import type { ParserLimits } from '../parsing/parser-limits.js';

export interface NativeClientOptions {
  /** http or https, host and port. */
  readonly origin: string;
  /** Where exchanges wait for their time to run out. Default: one tick of 50 ms for all clients of the process. */
  readonly deadlines?: DeadlineSource;
  /** Time to connect, TLS included, in milliseconds. Default 2000; 0 means no limit, as for all of these times. */
  readonly connectTimeoutMs?: number;
  /** Time that an exchange may wait for a connection to come free. Default: `connectTimeoutMs`. */
  readonly queueTimeoutMs?: number;
  /** Time from the sent request to the response head. Default 15000. */
  readonly headersTimeoutMs?: number;
  /** Longest pause in a body. Default 60000. */
  readonly idleTimeoutMs?: number;
  /** Time that an idle connection is kept, unless its `Keep-Alive` says less. Default 4000; 0 keeps none. */
  readonly keepAliveMs?: number;
  /** Connections at a time. Default null: no limit. */
  readonly connectionsMax?: number | null;
  /** Exchanges that may wait for one. Default null: no limit. What comes then fails with `connect-failed`. */
  readonly waitingMax?: number | null;
  /** Bytes of a response head. Default 65536. */
  readonly responseHeadBytesMax?: number;
  /** The other limits of what an upstream may send. */
  readonly limits?: Partial<Omit<ParserLimits, 'headBytesMax'>>;
  /** Milliseconds after which a host name is resolved again. Default 30000; 0 resolves for every connection. */
  readonly resolveIntervalMs?: number;
  /** Resolves a host name to all of its addresses. Default: that of the system. */
  readonly resolve?: (host: string, done: (error: Error | null, addresses: LookupAddress[]) => void) => void;
  /** PEM; null trusts the system's authorities. */
  readonly ca?: string | null;
  /** Name for SNI and verification; null takes the host of the origin. */
  readonly serverName?: string | null;
  /** PEM of a certificate to show, and of its key. */
  readonly cert?: string | null;
  readonly key?: string | null;
  /** Default: those of the thread. */
  readonly buffers?: LargeBuffers;
}
