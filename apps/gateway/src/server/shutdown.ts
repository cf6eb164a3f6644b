import type { Server } from 'node:http';
import type { DataPlane } from '../pipeline/data-plane.js';
import type { Lifecycle } from '../pipeline/lifecycle.js';

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
  for (const server of open) server.close(() => open.delete(server));
  upgrades.closeAll();
  const giveUpAt = performance.now() + timeoutMs;
  while (open.size > 0 || plane.active > 0) {
    if (performance.now() >= giveUpAt) {
      for (const server of servers) server.closeAllConnections();
      upgrades.destroyAll();
      plane.destroyUpgrades();
      return false;
    }
    for (const server of servers) server.closeIdleConnections();
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return true;
}
