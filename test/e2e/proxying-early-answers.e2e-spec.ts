import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { byteStream } from '../helpers/byte-stream.js';
import { call, open } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const MB = 1_048_576;
const NO = 'HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno';
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const kinds: readonly (readonly [string, string, (chunk: string) => string])[] = [
  ['declared', `content-length: ${64 * MB}`, (chunk) => chunk],
  ['chunked', 'transfer-encoding: chunked', (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`],
  [
    'with trailers',
    'transfer-encoding: chunked\r\ntrailer: x-sum',
    (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
  ],
];

describe('an upstream that answers before the request body has ended', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let onData = (_connection: UpstreamConnection): void => undefined;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => onData(connection));
    gateway = await startGateway({
      server: { bodyBytesMax: 64 * MB },
      upstreams: { raw: { targets: [{ url: upstream.url }] } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });
  });

  afterEach(async () => {
    await untilIdle(gateway);
    for (const { socket } of upstream.connections) socket.destroy();
    await eventually('all are closed', () => upstream.connections.every(({ closed }) => closed));
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  /** Answers a request as soon as its head and a first byte are there, and reads no more of it. */
  function answerAtOnce(reply: string): void {
    onData = ({ received, socket }) => {
      if (!/\r\n\r\n[^]/.test(received) && !received.startsWith('GET')) return;
      socket.pause();
      socket.write(reply);
    };
  }

  it.each(kinds)('is heard by a client that goes on sending: %s', async (_kind, field, frame) => {
    answerAtOnce(NO);
    const client = await RawConnection.open(gateway.port);
    client.write(`POST / HTTP/1.1\r\nhost: a\r\n${field}\r\n\r\n`);
    for (let i = 0; i < 40 && !client.closed; i++) {
      client.write(frame('x'.repeat(10_000)));
      await sleep(1);
    }
    await client.until(({ text }) => text.endsWith('no'));
    expect(client.text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    client.destroy();
  });

  it.each(kinds)('ends the connection of a client whose body is not over: %s', async (_kind, field, frame) => {
    answerAtOnce(NO);
    const client = await RawConnection.open(gateway.port);
    client.write(`POST / HTTP/1.1\r\nhost: a\r\n${field}\r\n\r\n${frame('x'.repeat(30_000))}`);
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(text).toMatch(/no$/);
    client.destroy();
  });

  it.each(kinds)('loses its connection, which carries the rest of that body: %s', async (_kind, field, frame) => {
    answerAtOnce(NO);
    const before = upstream.connections.length;
    const client = await RawConnection.open(gateway.port);
    client.write(`POST / HTTP/1.1\r\nhost: a\r\n${field}\r\n\r\n${frame('x'.repeat(30_000))}`);
    await client.until(({ text }) => text.endsWith('no'));
    answerAtOnce(OK);
    expect((await call(gateway.url)).text).toBe('ok');
    expect(upstream.connections.length).toBe(before + 2);
    expect(upstream.connections[before + 1].received).toMatch(/^GET /);
    upstream.connections[before].socket.resume();
    await eventually('the first is closed', () => upstream.connections[before].closed);
    client.destroy();
  });

  it('never makes requests of what the body says', async () => {
    answerAtOnce(NO);
    const body = 'GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(2_000);
    const before = upstream.connections.length;
    const client = await RawConnection.open(gateway.port);
    client.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length + 10}\r\n\r\n${body}`);
    const text = await client.untilClosed();
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(upstream.connections.length).toBe(before + 1);
    client.destroy();
  });

  it('may let its client go on when the body has come whole', async () => {
    // The reply is begun early and ends late.
    let begun = false;
    onData = (connection) => {
      const { received, socket } = connection;
      if (received.startsWith('GET')) socket.write(OK);
      else if (received.endsWith('x'.repeat(20_000))) {
        connection.received = '';
        socket.write('2\r\nno\r\n0\r\n\r\n');
      } else if (received.includes('\r\n\r\nx') && !begun) {
        begun = true;
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      }
    };
    const client = await RawConnection.open(gateway.port);
    client.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 20000\r\n\r\n${'x'.repeat(100)}`);
    await client.until(({ text }) => text.includes('\r\n\r\n'));
    client.write('x'.repeat(19_900));
    await client.until(({ text }) => text.endsWith('2\r\nno\r\n0\r\n\r\n'));
    client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await client.until(({ text }) => text.endsWith('ok'));
    client.destroy();
  });

  it('is heard by a client that sends its whole body before it reads', async () => {
    onData = (connection) => {
      if (/\r\n\r\n[^]/.test(connection.received)) connection.socket.end(NO);
      connection.received = '';
    };
    for (let i = 0; i < 5; i++) {
      const reply = await call(gateway.url, {
        method: 'PUT',
        headers: { 'content-length': '500000' },
        body: byteStream(500_000),
      });
      expect(reply.status).toBe(403);
      expect(reply.text).toBe('no');
    }
  });

  it('does not leave a pooling client with a connection that misleads it', async () => {
    answerAtOnce(NO);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const request = open(gateway.url, { method: 'POST', headers: { 'content-length': '100000' }, agent });
    request.on('error', () => undefined);
    request.write('x'.repeat(50_000));
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    expect(reply.statusCode).toBe(403);
    reply.resume();
    await once(reply, 'end');
    request.destroy();
    answerAtOnce(OK);
    expect((await call(gateway.url, { agent })).text).toBe('ok');
    agent.destroy();
  });
});
