import { createServer, type Server } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { CertificateAuthority } from '../helpers/certificate-authority.js';
import { chosenClient } from '../helpers/chosen-client.js';
import { startDeafListener, type DeafListener } from '../helpers/deaf-listener.js';
import { eventually } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { heldBufferBytes } from '../helpers/held-memory.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const MB = 1_048_576;
const native = chosenClient === 'native';

/** Sends one piece after another for as long as they are taken, and the connection lives. */
function flood({ socket }: UpstreamConnection, start: string, piece: string): void {
  const bytes = Buffer.from(piece, 'latin1');
  const more = (): void => {
    while (!socket.destroyed && socket.writable && socket.write(bytes));
    if (!socket.destroyed) socket.once('drain', more);
  };
  socket.write(start);
  more();
}

function trickle({ socket }: UpstreamConnection, start: string): void {
  socket.write(start);
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write('x')), 20);
  socket.on('close', () => clearInterval(timer));
}

describe('an upstream that means no good', () => {
  let upstream: RawUpstream;
  let plain: RawUpstream;
  let deaf: DeafListener;
  let stranger: Server;
  let gateway: RunningGateway;
  /** The connection of the last request. */
  let current: UpstreamConnection | null = null;
  let answer: (connection: UpstreamConnection) => void;
  let greet = (_socket: Socket): void => undefined;

  beforeAll(async () => {
    upstream = await startRawUpstream(
      (connection) => {
        if (!connection.received.endsWith('\r\n\r\n')) return;
        connection.received = '';
        current = connection;
        answer(connection);
      },
      ({ socket }) => greet(socket),
    );
    plain = await startRawUpstream(
      ({ socket }) => socket.write('garbage that is not TLS'),
      ({ socket }) => greet(socket),
    );
    deaf = await startDeafListener();
    stranger = createServer(new CertificateAuthority('Stranger').issue('127.0.0.1'), (socket) => socket.write(OK));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const closed = await startRawUpstream(() => undefined);
    await closed.close();
    const timeouts = { connectMs: 300, headersMs: 400, idleMs: 400 };
    const to = (url: string, more: object = {}) => ({ targets: [{ url }], timeouts, ...more });
    gateway = await startGateway({
      upstreams: {
        bad: to(upstream.url, { responseHeadBytesMax: 16_384 }),
        timed: to(upstream.url, { timeouts: { ...timeouts, totalMs: 400 } }),
        garbage: to(plain.url.replace('http:', 'https:')),
        stranger: to(`https://127.0.0.1:${(stranger.address() as AddressInfo).port}`),
        deaf: to(`http://127.0.0.1:${deaf.port}`),
        closed: to(closed.url),
      },
      routes: ['bad', 'timed', 'garbage', 'stranger', 'deaf', 'closed'].map((name) => ({
        id: name,
        match: { path: `/${name}` },
        upstream: name,
      })),
    });
  });

  afterEach(async () => {
    // Whatever it did: nothing of it is used again, and the next request is as ever.
    await eventually('its connections are closed', () => current === null || current.closed);
    current = null;
    greet = () => undefined;
    answer = ({ socket }) => socket.write(OK);
    expect((await call(`${gateway.url}/bad`, { method: 'POST' })).text).toBe('ok');
    for (const { socket } of upstream.connections) socket.destroy();
    current = null;
    await untilIdle(gateway);
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
    await plain?.close();
    await deaf?.close();
    stranger?.close();
  });

  /** Failures so far, by the labels of their series. */
  async function failures(): Promise<Map<string, number>> {
    const { text } = await call(`${gateway.url}/metrics`);
    const found = text.matchAll(
      /^api_gateway_upstream_failures_total\{upstream="([^"]*)",code="([^"]*)",reason="([^"]*)"\} (\d+)/gm,
    );
    return new Map(
      [...found].map(([, name, code, reason, value]) => [
        [name, code, ...(reason === '' ? [] : [reason])].join(' '),
        Number(value),
      ]),
    );
  }

  /** Runs it, and gives the failures that were counted for it. undici says no reasons. */
  async function failuresOf(run: () => Promise<void>): Promise<string[]> {
    const before = await failures();
    await run();
    await untilIdle(gateway);
    const after = await failures();
    return [...after].flatMap(([labels, value]) =>
      Array.from({ length: value - (before.get(labels) ?? 0) }, () => labels),
    );
  }

  async function isRefused(status: number, code: string, why: string, name = 'bad'): Promise<void> {
    const counted = await failuresOf(async () =>
      // A POST is not repeated.
      expectProblem(await call(`${gateway.url}/${name}`, { method: 'POST' }), status, code),
    );
    const [failure, reason = ''] = why.split(': ');
    expect(counted).toEqual([[name, failure, ...(native && reason !== '' ? [reason] : [])].join(' ')]);
  }

  async function isCut(why: string, name = 'bad'): Promise<void> {
    const counted = await failuresOf(() =>
      expect(call(`${gateway.url}/${name}`, { method: 'POST' })).rejects.toThrow(),
    );
    const [failure, reason = ''] = why.split(': ');
    expect(counted).toEqual([[name, failure, ...(native && reason !== '' ? [reason] : [])].join(' ')]);
  }

  it.each([
    ['in the status line', ''],
    ['in a field', 'HTTP/1.1 200 OK\r\nx-slow: '],
  ])('gets no longer for sending a byte now and then: %s', async (_, start) => {
    answer = (connection) => trickle(connection, start === '' ? 'HTTP/1.1 200 ' : start);
    await isRefused(504, 'upstream-timeout', 'headers-timeout');
  });

  it('gets no longer than the whole exchange may take for a body that trickles', async () => {
    answer = (connection) => trickle(connection, 'HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
    const counted = await failuresOf(() => expect(call(`${gateway.url}/timed`)).rejects.toThrow());
    expect(counted).toEqual(['timed headers-timeout total']);
  });

  it('is cut when it pauses in its body for too long', async () => {
    answer = ({ socket }) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf');
    await isCut('idle-timeout: receiving');
  });

  it.each([
    ['in one field', 'HTTP/1.1 200 OK\r\nx: ', 'y'.repeat(65_536), 'head-bytes'],
    ['of a million fields', 'HTTP/1.1 200 OK\r\n', 'x: y\r\n'.repeat(10_000), 'field-count'],
    ['in a field name', 'HTTP/1.1 200 OK\r\n', 'x'.repeat(65_536), 'head-bytes'],
  ])('cannot send a head without end, and is held in little memory meanwhile: %s', async (_, start, piece, reason) => {
    answer = (connection) => flood(connection, start, piece);
    const before = heldBufferBytes();
    await isRefused(502, 'upstream-head-too-large', `head-too-large: ${reason}`);
    await eventually('little of it is held', () => heldBufferBytes() - before < 4 * MB);
  });

  it('cannot send a million interim responses', async () => {
    answer = (connection) => flood(connection, '', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(1_000));
    // The gateway counts them as well, whichever client reads them.
    const counted = await failuresOf(async () =>
      expectProblem(await call(`${gateway.url}/bad`, { method: 'POST' }), 502, 'upstream-malformed'),
    );
    expect(counted).toEqual(['bad malformed interim-count']);
  });

  it.each([
    ['a length of -1', 'content-length: -1\r\n\r\nx', 'content-length'],
    ['a length in hexadecimal', 'content-length: 0x10\r\n\r\nx', 'content-length'],
    ['a length of 2^64', 'content-length: 18446744073709551616\r\n\r\nx', 'content-length'],
    ['both framings', 'content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 'framing'],
    ['a NUL', 'x: \0\r\n\r\n', 'field-value'],
    ['a bare CR', 'x: a\rb\r\n\r\n', 'line-end'],
  ])('is refused when its head has %s', async (_, fields, reason) => {
    answer = ({ socket }) => socket.write(Buffer.from(`HTTP/1.1 200 OK\r\n${fields}`, 'latin1'));
    await isRefused(502, 'upstream-malformed', `malformed: ${reason}`);
  });

  it.each([
    ['a record of TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
    ['a frame of HTTP/2', '\0\0\x12\x04\0\0\0\0\0'],
    ['garbage', 'garbage\r\n\r\n'],
  ])('is refused when it answers with %s', async (_, reply) => {
    answer = ({ socket }) => socket.write(Buffer.from(reply, 'latin1'));
    await isRefused(502, 'upstream-malformed', 'malformed: version');
  });

  // undici takes these, see test/e2e/upstream-client-differential.e2e-spec.ts.
  if (native) {
    it.each([
      ['an identity coding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\nx', 'transfer-encoding'],
      ['a bare LF', 'HTTP/1.1 200 OK\nx: a\r\n\r\n', 'line-end'],
    ])('is refused when it sends %s', async (_, reply, reason) => {
      answer = ({ socket }) => socket.write(reply);
      await isRefused(502, 'upstream-malformed', `malformed: ${reason}`);
    });

    it('gives nobody what it says before it is asked', async () => {
      greet = (socket) => socket.write(OK.replace('ok', 'no'));
      answer = ({ socket }) => socket.write(OK);
      await isRefused(502, 'upstream-malformed', 'malformed: unasked');
      await eventually('its connection is closed', () => upstream.connections.every(({ closed }) => closed));
    });
  }

  it.each([
    ['a chunk of 2^64 bytes', '10000000000000000\r\nx', 'chunk-size'],
    ['a chunk of -1 bytes', '-1\r\nx', 'chunk-size'],
    ['a chunk of garbage', 'zz\r\nx', 'chunk-size'],
  ])('has its reply cut when it sends %s', async (_, chunk, reason) => {
    answer = ({ socket }) => socket.write(`${CHUNKED}5\r\nhello\r\n${chunk}`);
    await isCut(`malformed: ${reason}`);
  });

  it('gives nobody its second response', async () => {
    answer = ({ socket }) => socket.write(OK + OK.replace('ok', 'no'));
    const texts = await Promise.all(
      Array.from({ length: 20 }, async () => (await call(`${gateway.url}/bad`, { method: 'POST' })).text),
    );
    expect(new Set(texts)).toEqual(new Set(['ok']));
    await eventually('all connections are closed', () => upstream.connections.every(({ closed }) => closed));
  });

  it.each([
    ['before the head', '', 'waiting'],
    ['in the head', 'HTTP/1.1 200 OK\r\nx', 'head'],
  ])('is answered for when it resets %s', async (_, reply, reason) => {
    answer = ({ socket }) => {
      socket.write(reply);
      setTimeout(() => socket.resetAndDestroy(), 20);
    };
    await isRefused(502, 'upstream-reset', `reset: ${reason}`);
  });

  it.each([
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'],
    ['in a body that its end delimits', 'HTTP/1.1 200 OK\r\n\r\nhalf'],
    ['in a chunk', `${CHUNKED}5\r\nab`],
    ['in the trailers', `${CHUNKED}5\r\nhello\r\n0\r\nx`],
  ])('has its reply cut when it resets %s', async (_, reply) => {
    answer = ({ socket }) => {
      socket.write(reply);
      setTimeout(() => socket.resetAndDestroy(), 20);
    };
    await isCut('reset: body');
  });

  it('is answered for when it resets while it is connected to', async () => {
    greet = (socket) => socket.resetAndDestroy();
    const counted = await failuresOf(async () =>
      expect((await call(`${gateway.url}/garbage`, { method: 'POST' })).status).toBe(502),
    );
    // How far the opening was, the kernel decides.
    expect(counted).toHaveLength(1);
    expect(counted[0]).toMatch(/^garbage (?:connect-failed|tls-failed|reset)(?: opening)?$/);
  });

  it('is answered for when it listens nowhere', async () => {
    await isRefused(502, 'upstream-unreachable', 'connect-failed: opening', 'closed');
  });

  it('is answered for when its address swallows everything', async () => {
    await isRefused(504, 'upstream-connect-timeout', 'connect-timeout: opening', 'deaf');
  });

  it('is answered for when it speaks no TLS', async () => {
    await isRefused(502, 'upstream-tls', 'tls-failed: opening', 'garbage');
  });

  it('is answered for when its certificate is nobody’s that is trusted', async () => {
    await isRefused(502, 'upstream-tls', 'tls-failed: opening', 'stranger');
  });
});
