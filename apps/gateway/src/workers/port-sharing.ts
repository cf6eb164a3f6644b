import { createServer } from 'node:net';

/** Whether the system lets several sockets listen on one port and spreads connections over them (SO_REUSEPORT). */
export async function canSharePorts(): Promise<boolean> {
  try {
    await tryToListen({ host: '127.0.0.1', port: 0, reusePort: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTSUP') return false;
    throw error;
  }
}

/**
 * Makes sure that nobody else listens on a port. Without this, a second gateway that shares its ports between workers
 * would get them shared between both gateways.
 *
 * @param host null for every interface
 * @throws Error as listening would: EADDRINUSE, EACCES, EADDRNOTAVAIL
 */
export async function demandFreePort(host: string | null, port: number): Promise<void> {
  // The system chooses one that is free.
  if (port === 0) return;
  try {
    await tryToListen({ host: host ?? '::', port });
  } catch (error) {
    if (host !== null || (error as NodeJS.ErrnoException).code !== 'EAFNOSUPPORT') throw error;
    await tryToListen({ host: '0.0.0.0', port });
  }
}

function tryToListen(on: { host: string; port: number; reusePort?: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(on, () => server.close(() => resolve()));
  });
}
