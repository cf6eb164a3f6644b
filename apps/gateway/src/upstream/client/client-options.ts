import type { Deadlines } from '../deadlines.js';

/** What a client of either kind is told about its target. */
export interface UpstreamClientOptions {
  /** Where exchanges wait for their time to run out. */
  readonly deadlines: Deadlines;
  /** http or https, host and port. */
  readonly origin: string;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly keepAliveMs: number;
  /** null means no limit. */
  readonly connectionsMax: number | null;
  readonly responseHeadBytesMax: number;
  /** PEM; null trusts the system's authorities. */
  readonly ca: string | null;
  /** Name for SNI and verification; null takes the host of the origin. */
  readonly serverName: string | null;
  /** PEM of the certificate that the gateway shows, and of its key; null shows none. */
  readonly cert: string | null;
  readonly key: string | null;
}
