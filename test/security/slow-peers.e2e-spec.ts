import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DataPlane } from '../../apps/gateway/src/pipeline/data-plane.js';
import { connectionsOf } from '../../apps/gateway/src/server/open-connections.js';
import { converse, expectWireProblem } from '../helpers/converse.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';
import { wireReplies } from '../helpers/wire-replies.js';

const HOST = 'Host: gateway.example\r\n';
const HEAD_MS = 300;
const BODY_MS = 400;
const WRITE_MS = 400;
const MEGABYTE = Buffer.alloc(1_048_576, 'x');

let upstream: HttpUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startHttpUpstream((request, response) => {
    request.resume();
    if (request.url?.startsWith('/endless') === true) {
      const more = (): void => {
        while (response.write(MEGABYTE));
        response.once('drain', more);
      };
      more();
    } else if (request.url?.startsWith('/large') === true) response.end(Buffer.alloc(20 * MEGABYTE.length, 'y'));
    else request.on('end', () => response.end('ok'));
  });
  gateway = await startGateway({
    server: {
      headTimeoutMs: HEAD_MS,
      requestTimeoutMs: BODY_MS,
      writeTimeoutMs: WRITE_MS,
      bodyBytesMax: 100 * MEGABYTE.length,
    },
    upstreams: { http: { targets: [{ url: upstream.url }] } },
    routes: [
      { id: 'all', match: { path: '/*' }, upstream: 'http' },
      { id: 'own', match: { path: '/own' }, respond: { body: 'z'.repeat(20 * MEGABYTE.length) } },
      { id: 'short', match: { path: '/short' }, respond: { body: 'z'.repeat(2_000) } },
    ],
  });
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

afterEach(async () => {
  await eventually('no request is left', () => gateway.gateway.app.get(DataPlane).active === 0);
  const { replies } = await converse(gateway.port, `GET /after HTTP/1.1\r\n${HOST}\r\n`);
  expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
});

describe('a client that is slow to ask', () => {
  it.each([
    ['sends nothing at all', []],
    ['sends half a request line', ['GET /a HT']],
    ['sends half a head', [`GET /a HTTP/1.1\r\n${HOST}`]],
    ['sends an empty line', ['\r\n']],
  ])('gets 408 and is closed: one that %s (RFC 9110 section 15.5.9)', async (_what, parts) => {
    const { replies, ended } = await converse(gateway.port, parts, { replies: Infinity });
    expect(replies).toHaveLength(1);
    expectWireProblem(replies[0], 408, 'request-timeout');
    expect(ended).toBe(true);
  });

  it('gets 408 although it keeps sending a byte now and then', async () => {
    const before = upstream.requests.length;
    const client = await RawConnection.open(gateway.port);
    client.write(`GET /a HTTP/1.1\r\n${HOST}X: `);
    const dripping = setInterval(() => client.write('y'), 50);
    await client.until(({ ended, closed }) => ended || closed);
    clearInterval(dripping);
    expectWireProblem(wireReplies(client.text)[0], 408, 'request-timeout');
    expect(upstream.requests).toHaveLength(before);
    client.destroy();
  });

  it('gets 408 on a later request of its connection, too', async () => {
    const { replies, ended } = await converse(gateway.port, [`GET /a HTTP/1.1\r\n${HOST}\r\n`, 'GET /b HTTP/1.1\r\n'], {
      replies: Infinity,
    });
    expect(replies.map(({ status }) => status)).toEqual([200, 408]);
    expect(ended).toBe(true);
  });

  it('is served when its head is whole in time', async () => {
    const parts = [...Array.from('GET /a HTTP/1.1\r\n'), HOST, '\r\n'];
    const { replies } = await converse(gateway.port, parts);
    expect(replies).toMatchObject([{ status: 200 }]);
  });
});

describe('a client that is slow to send its body', () => {
  it.each([
    ['a small declared one', 'Content-Length: 100', 'hello'],
    ['a large declared one', 'Content-Length: 1000000', 'hello'],
    ['a chunked one', 'Transfer-Encoding: chunked', '5\r\nhello\r\n'],
    ['the end of a chunked one', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n'],
    ['anything of it', 'Content-Length: 100', ''],
  ])('gets 408 and is closed, and its upstream is freed: %s', async (_what, framing, start) => {
    const { replies, ended } = await converse(gateway.port, `POST /a HTTP/1.1\r\n${HOST}${framing}\r\n\r\n${start}`);
    expectWireProblem(replies[0], 408, 'request-timeout');
    expect(replies[0].fields).toContain('connection: close');
    expect(ended).toBe(true);
  });

  it('is served when it is slow and steady', async () => {
    const pieces = Array.from({ length: 8 }, () => 'x'.repeat(10_000));
    const client = await RawConnection.open(gateway.port);
    client.write(`POST /a HTTP/1.1\r\n${HOST}Content-Length: 80000\r\n\r\n`);
    for (const piece of pieces) {
      await pass(BODY_MS / 4);
      client.write(piece);
    }
    await client.until(({ text }) => text.endsWith('ok'));
    expect(client.text).toMatch(/^HTTP\/1\.1 200 /);
    client.destroy();
  });
});

describe('a client that never reads', () => {
  /** Counts what it reads, and begins to read when it is told. */
  class Deaf {
    bytes = 0;
    closed = false;
    error: NodeJS.ErrnoException | null = null;

    private constructor(readonly socket: Socket) {
      socket.on('data', (chunk: Buffer) => (this.bytes += chunk.length));
      socket.on('error', (error) => (this.error = error));
      socket.on('close', () => (this.closed = true));
      socket.pause();
    }

    static async ask(bytes: string): Promise<Deaf> {
      const socket = connect(gateway.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(bytes);
      return new Deaf(socket);
    }
  }

  it.each([
    ['an endless reply', `GET /endless HTTP/1.1\r\n${HOST}\r\n`],
    ['an endless reply in HTTP/1.0', 'GET /endless HTTP/1.0\r\n\r\n'],
    ['a large reply that has ended upstream', `GET /large HTTP/1.1\r\n${HOST}\r\n`],
    ['a large answer of the gateway', `GET /own HTTP/1.1\r\n${HOST}\r\n`],
    ['many short answers', `GET /short HTTP/1.1\r\n${HOST}\r\n`.repeat(10_000)],
  ])('is cut, and its upstream freed: %s', async (_what, bytes) => {
    const plane = gateway.gateway.app.get(DataPlane);
    const client = await Deaf.ask(bytes);
    await eventually('the gateway has begun', () => plane.active > 0);
    await eventually('the gateway has let go', () => plane.active === 0);
    await eventually('no upstream sends on', () =>
      [...upstream.sockets].every(({ writableLength }) => writableLength === 0),
    );
    client.socket.resume();
    await eventually('the client is told', () => client.closed);
    // Not an orderly end, which what had come might be taken for whole by.
    expect(client.error?.code).toBe('ECONNRESET');
  });

  it('is kept when it only reads slowly', async () => {
    const client = await Deaf.ask(`GET /large HTTP/1.1\r\n${HOST}\r\n`);
    let pauseAt = 0;
    client.socket.on('data', () => {
      if (client.bytes >= pauseAt) client.socket.pause();
    });
    for (let i = 0; i < 12; i++) {
      await pass(WRITE_MS / 4);
      pauseAt = client.bytes + MEGABYTE.length / 2;
      client.socket.resume();
      await eventually('it has read a little', () => client.bytes >= pauseAt);
    }
    pauseAt = Infinity;
    client.socket.resume();
    await eventually('the reply is whole', () => client.bytes > 20 * MEGABYTE.length);
    expect(client.error).toBeNull();
    client.socket.destroy();
  });

  it('is kept when there is nothing to read', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write(`GET /a HTTP/1.1\r\n${HOST}\r\n`);
    await client.until(({ text }) => text.endsWith('ok'));
    client.socket.pause();
    await pass(WRITE_MS * 2);
    client.socket.resume();
    client.write(`GET /a HTTP/1.1\r\n${HOST}\r\n`);
    await client.until(({ text }) => wireReplies(text).length === 2);
    client.destroy();
  });
});

describe('clients that only hold connections', () => {
  it('get no more of them than connectionsMax, and leave room when they go', async () => {
    const own = await startGateway({
      server: { connectionsMax: 3 },
      routes: [{ id: 'own', match: { path: '/*' }, respond: { body: 'ok' } }],
    });
    const holding: RawConnection[] = [];
    for (let i = 0; i < 3; i++) holding.push(await RawConnection.open(own.port));
    holding[0].write(`GET /a HTTP/1.1\r\n${HOST}\r\n`);
    await holding[0].until(({ text }) => text.endsWith('ok'));
    const refused = await RawConnection.open(own.port);
    await refused.until(({ ended, closed }) => ended || closed);
    expect(refused.text).toBe('');
    refused.destroy();
    // Those that are in are served on.
    holding[1].write(`GET /a HTTP/1.1\r\n${HOST}\r\n`);
    await holding[1].until(({ text }) => text.endsWith('ok'));
    for (const connection of holding) connection.destroy();
    const server = own.gateway.app.getHttpServer();
    await eventually('the gateway has noticed', () => connectionsOf(server).size === 0);
    const { replies } = await converse(own.port, `GET /a HTTP/1.1\r\n${HOST}\r\n`);
    expect(replies).toMatchObject([{ status: 200, body: 'ok' }]);
    await own.close();
  });
});
