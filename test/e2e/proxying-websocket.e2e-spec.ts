import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer, type ClientOptions } from 'ws';
import { DataPlane } from '../../apps/gateway/src/pipeline/data-plane.js';
import { byteStream, digest, digestOf } from '../helpers/byte-stream.js';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const MB = 1_048_576;

describe('a WebSocket', () => {
  let upstream: HttpUpstream;
  let server: WebSocketServer;
  let gateway: RunningGateway;
  /** The last handshake that reached the upstream, and its side of the connection. */
  let handshake: IncomingMessage;
  let theirs: WebSocket;
  const clients: WebSocket[] = [];

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      response.setHeader('x-upgrade', request.headers.upgrade ?? 'none');
      response.end('ordinary');
    });
    server = new WebSocketServer({
      noServer: true,
      maxPayload: 64 * MB,
      perMessageDeflate: true,
      handleProtocols: (offered) => (offered.has('chat.v2') ? 'chat.v2' : false),
    });
    upstream.server.on('upgrade', (request, socket, head) => {
      handshake = request;
      if (request.url === '/ws/refuse') {
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\nx-why: no\r\ncontent-length: 4\r\n\r\nstop');
        return;
      }
      if (request.url === '/ws/drop') {
        socket.destroy();
        return;
      }
      if (request.url === '/ws/hang') {
        socket.resume().on('end', () => socket.end());
        return;
      }
      server.handleUpgrade(request, socket, head, (ws) => {
        theirs = ws;
        ws.on('error', () => undefined);
        ws.on('message', (data, binary) => {
          if (request.url !== '/ws/deaf') ws.send(data, { binary });
        });
      });
    });
    server.on('headers', (headers) => headers.push('x-extra: yes', 'keep-alive: timeout=5'));
    gateway = await startGateway({
      upstreams: {
        sockets: { targets: [{ url: upstream.url }] },
        impatient: { targets: [{ url: upstream.url }], timeouts: { idleMs: 1_500 } },
      },
      routes: [
        {
          id: 'sockets',
          match: { path: '/ws/*' },
          upstream: 'sockets',
          websocket: true,
          headers: {
            request: { set: { 'x-set': 'by route' }, remove: ['x-secret'] },
            response: { add: { 'x-added': 'by route' }, remove: ['x-extra'] },
          },
        },
        { id: 'idle', match: { path: '/idle' }, upstream: 'impatient', websocket: true },
        { id: 'plain', match: { path: '/plain' }, upstream: 'sockets' },
      ],
    });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.terminate();
    await eventually('no request is left', () => gateway.gateway.app.get(DataPlane).active === 0);
  });

  afterAll(async () => {
    await gateway?.close();
    server?.close();
    await upstream?.close();
  });

  function dial(path: string, protocols: string[] = [], options: ClientOptions = {}): WebSocket {
    const client = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, protocols, {
      maxPayload: 64 * MB,
      ...options,
    });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  }

  async function connect(path = '/ws/echo', protocols: string[] = [], options: ClientOptions = {}): Promise<WebSocket> {
    const client = dial(path, protocols, options);
    await once(client, 'open');
    return client;
  }

  async function echoed(client: WebSocket, message: string | Buffer): Promise<Buffer> {
    const answer = once(client, 'message');
    client.send(message);
    return (await answer)[0] as Buffer;
  }

  it('carries messages both ways', async () => {
    const client = await connect();
    for (const text of ['one', '', 'zwölf', 'x'.repeat(200), 'y'.repeat(70_000)]) {
      expect((await echoed(client, text)).toString()).toBe(text);
    }
  });

  it.each([true, false])('carries large messages unchanged (compressed: %s)', async (perMessageDeflate) => {
    const client = await connect('/ws/echo', [], { perMessageDeflate });
    const message = Buffer.concat(await byteStream(8 * MB).toArray());
    expect(await digest(Readable.from([await echoed(client, message)]))).toEqual(digestOf(8 * MB));
  });

  it('carries what comes in one piece with the handshake, on both sides', async () => {
    const client = await RawConnection.open(gateway.port);
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    const head =
      'GET /ws/echo HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: WebSocket\r\n' +
      'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
    client.write(Buffer.concat([Buffer.from(head), frame]));
    await client.until(({ text }) => text.endsWith('\x81\x02hi'));
    expect(client.text).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/i);
    client.destroy();
  });

  it('carries pings and pongs', async () => {
    const client = await connect();
    const pong = once(client, 'pong');
    client.ping('are you there');
    expect(String((await pong)[0])).toBe('are you there');
    const ping = once(client, 'ping');
    theirs.ping('and you');
    expect(String((await ping)[0])).toBe('and you');
  });

  it.each([
    ['client', 1000, 'bye'],
    ['client', 4321, 'own code'],
    ['upstream', 1001, 'restarting'],
    ['upstream', 1011, ''],
  ])('carries the close code of the %s: %i', async (side, code, reason) => {
    const client = await connect();
    const [from, to] = side === 'client' ? [client, theirs] : [theirs, client];
    const closed = once(to, 'close');
    from.close(code, reason);
    const [seen, text] = (await closed) as [number, Buffer];
    expect([seen, text.toString()]).toEqual([code, reason]);
  });

  it('ends at the upstream when the client is gone without a word', async () => {
    const client = await connect();
    const closed = once(theirs, 'close');
    client.terminate();
    expect((await closed)[0]).toBe(1006);
  });

  it('ends at the client when the upstream is gone without a word', async () => {
    const client = await connect();
    const closed = once(client, 'close');
    theirs.terminate();
    expect((await closed)[0]).toBe(1006);
  });

  it('ends at the upstream when the client is gone before the handshake is answered', async () => {
    const client = dial('/ws/hang');
    await eventually('the handshake arrives', () => handshake?.url === '/ws/hang');
    const closed = once(handshake.socket, 'close');
    client.terminate();
    await closed;
  });

  it('stops the sender when the other side does not read', async () => {
    const client = await connect('/ws/deaf', [], { perMessageDeflate: false });
    const raw = (theirs as unknown as { _socket: { pause(): void; resume(): void } })._socket;
    raw.pause();
    const message = Buffer.alloc(MB, 'x');
    for (let i = 0; i < 96; i++) client.send(message);
    for (let last = -1; last !== client.bufferedAmount;) {
      last = client.bufferedAmount;
      await pass(300);
    }
    // Most of it never left the client.
    expect(client.bufferedAmount).toBeGreaterThan(48 * MB);
    raw.resume();
    await eventually('it goes on', () => client.bufferedAmount === 0, 15_000);
  });

  it('that nobody uses is closed after the idle time of the upstream', async () => {
    const client = await connect('/idle');
    for (let i = 0; i < 5; i++) {
      await pass(400);
      await echoed(client, 'still here');
    }
    await once(client, 'close');
  });

  it('agrees on a subprotocol that the upstream chooses', async () => {
    expect((await connect('/ws/echo', ['chat.v1', 'chat.v2'])).protocol).toBe('chat.v2');
    expect(handshake.headers['sec-websocket-protocol']).toBe('chat.v1,chat.v2');
  });

  it('obeys the header rules of its route, and carries the fields of the gateway', async () => {
    const client = dial('/ws/echo', [], { headers: { 'x-secret': '1', 'x-mine': '2', 'x-user-id': 'root' } });
    const [[reply]] = (await Promise.all([once(client, 'upgrade'), once(client, 'open')])) as [
      [IncomingMessage],
      unknown,
    ];
    expect(handshake.headers).toMatchObject({
      'x-set': 'by route',
      'x-mine': '2',
      'x-forwarded-for': '127.0.0.1',
      upgrade: 'websocket',
      connection: 'upgrade',
    });
    expect(handshake.headers['x-secret']).toBeUndefined();
    expect(handshake.headers['x-user-id']).toBeUndefined();
    expect(handshake.headers.via).toMatch(/^1\.1 /);
    expect(reply.headers).toMatchObject({ 'x-added': 'by route', upgrade: 'websocket', connection: 'upgrade' });
    expect(reply.headers['x-extra']).toBeUndefined();
    expect(reply.headers['keep-alive']).toBeUndefined();
    expect(reply.headers['x-request-id']).toBe(handshake.headers['x-request-id']);
  });

  it('that the upstream refuses gets the reply of the upstream, whole', async () => {
    const client = dial('/ws/refuse');
    const [, reply] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(reply.statusCode).toBe(403);
    expect(reply.headers['x-why']).toBe('no');
    expect(reply.headers['x-added']).toBe('by route');
    expect(String(Buffer.concat(await reply.toArray()))).toBe('stop');
  });

  it('whose upstream breaks off gets 502', async () => {
    const client = dial('/ws/drop');
    const [, reply] = (await once(client, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(reply.statusCode).toBe(502);
    expect(JSON.parse(String(Buffer.concat(await reply.toArray())))).toMatchObject({ code: 'upstream-reset' });
  });

  it('is an ordinary request where the route does not offer it', async () => {
    const reply = await call(`${gateway.url}/plain`, {
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    });
    expect(reply.status).toBe(200);
    expect(reply.text).toBe('ordinary');
    expect(reply.field('x-upgrade')).toBe('none');
    expect(reply.field('upgrade')).toBeUndefined();
  });

  it('is an ordinary request when the client does not say so in Connection', async () => {
    const reply = await call(`${gateway.url}/ws/x`, { headers: { connection: 'close', upgrade: 'websocket' } });
    expect(reply.text).toBe('ordinary');
    expect(reply.field('x-upgrade')).toBe('none');
  });

  it('finds no route as any request does', async () => {
    const reply = await call(`${gateway.url}/nowhere`, { headers: { connection: 'Upgrade', upgrade: 'websocket' } });
    expectProblem(reply, 404, 'no-route');
  });
});
