import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, pass } from '../helpers/eventually.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const leavings: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['by reset', (socket) => socket.resetAndDestroy()],
  ['in order', (socket) => socket.destroy()],
  ['by ending its side', (socket) => socket.end()],
];

describe('a client that leaves', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let onData = (_connection: UpstreamConnection): void => undefined;
  const clients: Socket[] = [];

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => onData(connection));
    gateway = await startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'raw', match: { path: '/*' }, upstream: 'raw' },
        { id: 'compressed', match: { path: '/compressed' }, upstream: 'raw', compression: true },
      ],
    });
  });

  afterEach(async () => {
    onData = () => undefined;
    for (const client of clients.splice(0)) client.destroy();
    await untilIdle(gateway);
    for (const { socket } of upstream.connections) socket.destroy();
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  async function send(text: string): Promise<Socket> {
    const socket = connect({ port: gateway.port, host: '127.0.0.1' });
    clients.push(socket);
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'connect');
    return socket;
  }

  /** The connection on which a request arrives next. */
  async function arrival(
    act: () => Promise<unknown>,
    condition: (received: string) => boolean,
  ): Promise<UpstreamConnection> {
    const before = upstream.connections.length;
    await act();
    await eventually('the request arrives', () => {
      const connection = upstream.connections[before];
      return connection !== undefined && condition(connection.received);
    });
    return upstream.connections[before];
  }

  const anyHead = (received: string): boolean => received.includes('\r\n\r\n');

  describe.each(leavings)('%s', (_how, leave) => {
    it('before the head of the reply ends its upstream request', async () => {
      let socket!: Socket;
      const connection = await arrival(async () => (socket = await send('GET / HTTP/1.1\r\nhost: a\r\n\r\n')), anyHead);
      leave(socket);
      await eventually('the upstream connection ends', () => connection.closed);
    });

    it.each(['/', '/compressed'])('in the middle of the reply ends its upstream request: %s', async (path) => {
      onData = ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n');
      };
      let socket!: Socket;
      const ask = `GET ${path} HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n`;
      const connection = await arrival(async () => (socket = await send(ask)), anyHead);
      await once(socket, 'data');
      leave(socket);
      await eventually('the upstream connection ends', () => connection.closed);
    });

    it.each([
      ['declared', 'content-length: 100000\r\n\r\nhello'],
      ['chunked', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
      ['with trailers', 'trailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
      ['expecting 100', 'expect: 100-continue\r\ncontent-length: 5\r\n\r\n'],
    ])('in the middle of its own body ends its upstream request, which stays incomplete: %s', async (_kind, rest) => {
      let socket!: Socket;
      const connection = await arrival(
        async () => (socket = await send(`POST / HTTP/1.1\r\nhost: a\r\n${rest}`)),
        (received) => received.includes('hello') || rest.startsWith('expect'),
      );
      leave(socket);
      await eventually('the upstream connection ends', () => connection.closed);
      expect(connection.received).not.toMatch(/\r\n0\r\n/);
    });

    it('in the middle of a small body, which is collected first, never reaches the upstream', async () => {
      const before = upstream.connections.length;
      const socket = await send('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello');
      await pass(50);
      leave(socket);
      await untilIdle(gateway);
      expect(upstream.connections.length).toBe(before);
    });

    it('while it waits for a free upstream connection gives its place up', async () => {
      const own = await startGateway({
        upstreams: { raw: { targets: [{ url: upstream.url }], keepAlive: { connectionsMax: 1 } } },
        routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
      });
      const dial = (path: string): Socket => {
        const socket = connect({ port: own.port, host: '127.0.0.1' });
        socket.on('error', () => undefined);
        clients.push(socket);
        socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
        return socket;
      };
      const first = await arrival(async () => dial('/first'), anyHead);
      const second = dial('/second');
      await pass(50);
      leave(second);
      await pass(50);
      const third = dial('/third');
      await pass(50);
      first.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      await eventually('the third arrives', () =>
        upstream.connections.some(({ received }) => received.includes('/third')),
      );
      expect(upstream.connections.some(({ received }) => received.includes('/second'))).toBe(false);
      leave(third);
      await untilIdle(own);
      await own.close();
    });
  });

  it.each(leavings.slice(0, 2))(
    'without reading any of a long reply ends its upstream request: %s',
    async (_how, leave) => {
      onData = ({ socket }) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n');
        const more = (): void => {
          while (socket.writable && socket.write(Buffer.alloc(65_536)));
        };
        socket.on('drain', more);
        more();
      };
      let socket!: Socket;
      const connection = await arrival(async () => {
        socket = await send('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
        socket.pause();
      }, anyHead);
      await pass(200);
      leave(socket);
      await eventually('the upstream connection ends', () => connection.closed);
    },
  );

  it('takes nobody with it: others on the same upstream go on', async () => {
    onData = (connection) => {
      if (!connection.received.endsWith('\r\n\r\n')) return;
      const slow = connection.received.includes('/slow');
      connection.received = '';
      if (!slow) connection.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    };
    for (let i = 0; i < 20; i++) {
      const leaver = await send('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
      const reply = fetch(`${gateway.url}/quick`);
      leaver.destroy();
      expect(await (await reply).text()).toBe('ok');
    }
  });
});
