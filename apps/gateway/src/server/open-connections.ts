import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const byServer = new WeakMap<Server, Set<Socket>>();

/** Keeps account of the connections of a server, from accept to close. */
export function trackConnections(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  byServer.set(server, sockets);
  // One listener for all: there may be many thousands of connections.
  const forget = function (this: Socket): void {
    sockets.delete(this);
  };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', forget);
  });
  return sockets;
}

const none: ReadonlySet<Socket> = new Set();

/** Connections of a tracked server that are open, those that have left HTTP too. */
export function connectionsOf(server: Server): ReadonlySet<Socket> {
  return byServer.get(server) ?? none;
}
