import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface RawUpstream {
  readonly url: string;
  readonly port: number;
  /** Connections accepted so far, in order. */
  readonly connections: readonly UpstreamConnection[];
  close(): Promise<void>;
}

export interface UpstreamConnection {
  readonly socket: Socket;
  /** Everything the gateway has sent on it, latin1. */
  received: string;
  closed: boolean;
}

/**
 * An upstream that speaks exactly the bytes that a test gives it. `onData` is called after each read with the
 * connection and its index.
 *
 * @param onAccept called with each new connection
 */
export async function startRawUpstream(
  onData: (connection: UpstreamConnection, index: number) => void,
  onAccept: (connection: UpstreamConnection) => void = () => undefined,
): Promise<RawUpstream> {
  const connections: UpstreamConnection[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection: UpstreamConnection = { socket, received: '', closed: false };
    const index = connections.push(connection) - 1;
    socket.on('data', (chunk: Buffer) => {
      connection.received += chunk.toString('latin1');
      onData(connection, index);
    });
    socket.on('end', () => socket.end());
    socket.on('error', () => undefined);
    socket.on('close', () => (connection.closed = true));
    onAccept(connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    connections,
    close: () =>
      new Promise((resolve) => {
        for (const { socket } of connections) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
