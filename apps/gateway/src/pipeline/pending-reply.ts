import type { Duplex } from 'node:stream';
import type { GatewayResponse } from './contract/gateway-response.js';

/**
 * The first reply of a connection that is not sent yet; null when it waits for a request. Later ones stand behind it
 * (RFC 9112 section 9.3.2). Node keeps it under this name, and has no public one.
 */
export function pendingReply(socket: Duplex): GatewayResponse | null {
  return (socket as Duplex & { _httpMessage?: GatewayResponse | null })._httpMessage ?? null;
}
