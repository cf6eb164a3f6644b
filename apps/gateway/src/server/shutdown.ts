import type { Server } from 'node:http';
import type { DataPlane } from '../pipeline/data-plane.js';
import type { Lifecycle } from '../pipeline/lifecycle.js';
import { connectionsOf } from './open-connections.js';

const LOOK_EVERY_MS = 25;

/** Connections that have left HTTP. */
export interface UpgradedPeers {
  /** Says goodbye to each, and closes it. */
  closeAll(): void;
  destroyAll(): void;
}

/**
 * Lets running work finish: no new connections, idle ones closed at once, running requests and streams to their end,
 * upgraded connections told and closed. What is left after `timeoutMs` is cut.
 *
 * @returns true when everything ended by itself
 */
export async function drainServers(
  servers: readonly Server[],
  plane: DataPlane,
  lifecycle: Lifecycle,
  upgrades: UpgradedPeers,
  timeoutMs: number,
): Promise<boolean> {
  lifecycle.drain();
  const open = new Set(servers.filter((server) => server.listening));
  for (const server of open) closeIdle(server, () => server.close(() => open.delete(server)));
  const giveUpAt = performance.now() + timeoutMs;
  for (let looks = 0; open.size > 0 || plane.active > 0; looks++) {
    if (performance.now() >= giveUpAt) {
      for (const server of servers) server.closeAllConnections();
      upgrades.destroyAll();
      plane.destroyUpgrades();
      return false;
    }
    // Those too that have switched meanwhile.
    upgrades.closeAll();
    for (const server of servers) {
      closeIdle(server, () => server.closeIdleConnections());
      if (looks > 0) closeUnused(server);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}

/** Node takes a connection for idle once its reply has ended, although its client may not have got all of it. */
function closeIdle(server: Server, close: () => void): void {
  const unsent = [...connectionsOf(server)].filter((socket) => socket.writableLength > 0);
  for (const socket of unsent) socket.destroy = () => socket;
  close();
  for (const socket of unsent) Reflect.deleteProperty(socket, 'destroy');
}

/** Node takes a connection on which nothing has come, such as browsers open in advance, for one with a request. */
function closeUnused(server: Server): void {
  for (const socket of connectionsOf(server)) {
    if (socket.bytesRead === 0) socket.destroy();
  }
}
