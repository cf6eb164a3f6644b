import type { DeadlineLine } from '../deadlines/deadlines.js';
import type { ParserLimits } from '../parsing/parser-limits.js';
import type { Connection } from './connection.js';
import type { Connector } from './connector.js';
import type { LargeBuffers } from './large-buffers.js';

/** What a connection is told, and whom it tells. One for all connections of a target. */
export interface ConnectionSetting {
  readonly connector: Connector;
  readonly limits: ParserLimits;
  readonly buffers: LargeBuffers;
  readonly connectTimeout: DeadlineLine | null;
  readonly headersTimeout: DeadlineLine | null;
  readonly idleTimeout: DeadlineLine | null;
  readonly expectTimeout: DeadlineLine | null;
  readonly traffic: { bytesSent: number; bytesReceived: number };
  /**
   * The exchange is over on both sides, and the connection as it was before; but bytes may have come behind the
   * response that nobody has seen yet.
   */
  onReusable(connection: Connection): void;
  /** It carries nothing from now on. */
  onClosing(connection: Connection): void;
  /** Its socket is closed. */
  onGone(connection: Connection): void;
  /** It became the property of a receiver. */
  onHandedOver(connection: Connection): void;
}
