import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startDeafListener } from '../helpers/deaf-listener.js';
import { eventually, pass } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const SHORT_MS = 300;
/** Where something comes in time: a busy machine may be late with it. */
const PATIENT_MS = 1_500;
const TRAILED = { trailer: 'x-sum', 'transfer-encoding': 'chunked' };

describe('time', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway | null = null;
  let onData = (_connection: UpstreamConnection): void => undefined;
  let seen = 0;

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => onData(connection));
  });

  afterEach(async () => {
    if (gateway !== null) {
      await untilIdle(gateway);
      await gateway.close();
    }
    gateway = null;
    for (const { socket } of upstream.connections) socket.destroy();
    onData = () => undefined;
  });

  afterAll(() => upstream?.close());

  interface Times {
    server?: Record<string, number>;
    timeouts?: Record<string, number>;
    route?: Record<string, unknown>;
    upstream?: Record<string, unknown>;
    url?: string;
  }

  async function start({
    server = {},
    timeouts = {},
    route = {},
    upstream: more = {},
    url = upstream.url,
  }: Times): Promise<string> {
    gateway = await startGateway({
      server,
      upstreams: { slow: { targets: [{ url }], timeouts, ...more } },
      routes: [{ id: 'slow', match: { path: '/*' }, upstream: 'slow', ...route }],
    });
    return gateway.url;
  }

  /** Calls once for each whole head that arrives. */
  function onHead(act: (socket: Socket, received: string) => void): void {
    seen = 0;
    onData = (connection) => {
      const { received, socket } = connection;
      if (!received.includes('\r\n\r\n')) return;
      connection.received = '';
      if (/^[A-Z]+ \//.test(received)) {
        seen++;
        act(socket, received);
      }
    };
  }

  const last = (): UpstreamConnection => upstream.connections[upstream.connections.length - 1];

  describe('to connect', () => {
    it.each([
      ['usual', { method: 'GET' }],
      ['with trailers', { method: 'POST', headers: TRAILED, body: 'x' }],
      ['expecting 100', { method: 'POST', headers: { expect: '100-continue' }, body: 'x' }],
    ])('runs out at a target that does not accept: 504 (%s)', async (_way, options) => {
      const deaf = await startDeafListener();
      const url = await start({ url: `http://127.0.0.1:${deaf.port}`, timeouts: { connectMs: SHORT_MS } });
      expectProblem(await call(url, options), 504, 'upstream-connect-timeout');
      await deaf.close();
    });

    it.each([
      ['usual', { method: 'GET' }],
      ['with trailers', { method: 'POST', headers: TRAILED, body: 'x' }],
    ])('runs out at a target that never finishes its TLS handshake: 504 (%s)', async (_way, options) => {
      const url = await start({ url: upstream.url.replace('http:', 'https:'), timeouts: { connectMs: SHORT_MS } });
      expectProblem(await call(url, options), 504, 'upstream-connect-timeout');
      await eventually('the attempt is given up', () => last().closed);
    });

    it('is not waited for where nobody listens: 502', async () => {
      const gone = await startRawUpstream(() => undefined);
      await gone.close();
      const url = await start({ url: gone.url });
      expectProblem(await call(url), 502, 'upstream-unreachable');
      expectProblem(await call(url, { method: 'POST', headers: TRAILED, body: 'x' }), 502, 'upstream-unreachable');
    });
  });

  describe('to the response head', () => {
    it.each([
      ['headersMs of the upstream', { timeouts: { headersMs: SHORT_MS } }],
      ['requestTimeoutMs of the server', { server: { requestTimeoutMs: SHORT_MS } }],
      ['timeoutMs of the route', { route: { timeoutMs: SHORT_MS } }],
      ['totalMs of the upstream', { timeouts: { totalMs: SHORT_MS } }],
    ])('runs out: 504, once, and the request is given up: %s', async (_which, times: Times) => {
      onHead(() => undefined);
      const url = await start(times);
      expectProblem(await call(url), 504, 'upstream-timeout');
      expect(seen).toBe(1);
      await eventually('the upstream connection ends', () => last().closed);
    });

    it('runs out for what goes another way through the gateway: 504', async () => {
      onHead(() => undefined);
      const url = await start({ timeouts: { headersMs: SHORT_MS } });
      expectProblem(await call(url, { method: 'POST', headers: TRAILED, body: 'x' }), 504, 'upstream-timeout');
    });

    it('is not given back by interim responses', async () => {
      onHead((socket) => {
        const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 50);
        socket.on('close', () => clearInterval(timer));
      });
      const url = await start({ server: { requestTimeoutMs: SHORT_MS } });
      expectProblem(await call(url), 504, 'upstream-timeout');
    });

    it('is not given back by half a head', async () => {
      onHead((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nx-drip: ');
        const timer = setInterval(() => socket.write('x'), 50);
        socket.on('close', () => clearInterval(timer));
      });
      const url = await start({ timeouts: { headersMs: SHORT_MS } });
      expectProblem(await call(url), 504, 'upstream-timeout');
    });

    it('runs out for an event stream that does not begin: 504', async () => {
      onHead(() => undefined);
      const url = await start({ timeouts: { totalMs: SHORT_MS } });
      expectProblem(await call(url, { headers: { accept: 'text/event-stream' } }), 504, 'upstream-timeout');
    });

    it.each([
      ['without end', 0],
      ['long', 10_000],
    ])('may be longer on one route: %s', async (_how, timeoutMs) => {
      onHead((socket) => setTimeout(() => socket.write(OK), 3 * SHORT_MS));
      const url = await start({ server: { requestTimeoutMs: SHORT_MS }, route: { timeoutMs } });
      expect((await call(url)).text).toBe('ok');
    });

    it('has no end where the limit is 0', async () => {
      onHead((socket) => setTimeout(() => socket.write(OK), 3 * SHORT_MS));
      const url = await start({
        server: { requestTimeoutMs: 0 },
        timeouts: { headersMs: 0, idleMs: 0, connectMs: 0 },
      });
      expect((await call(url)).text).toBe('ok');
    });

    it('counts the wait for a free connection', async () => {
      onHead(() => undefined);
      const url = await start({
        server: { requestTimeoutMs: SHORT_MS },
        upstream: { keepAlive: { connectionsMax: 1 } },
      });
      const replies = await Promise.all([call(url), call(url), call(url)]);
      for (const reply of replies) expectProblem(reply, 504, 'upstream-timeout');
    });
  });

  describe('within the response body', () => {
    it.each([
      ['declared', 'content-length: 100\r\n\r\nhello'],
      ['chunked', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
      ['nothing yet', 'transfer-encoding: chunked\r\n\r\n'],
    ])('runs out when nothing comes for idleMs, and the reply is cut: %s', async (_kind, rest) => {
      onHead((socket) => socket.write(`HTTP/1.1 200 OK\r\n${rest}`));
      const url = await start({ timeouts: { idleMs: SHORT_MS } });
      await expect(call(url)).rejects.toThrow();
      await eventually('the upstream connection ends', () => last().closed);
    });

    it('goes on as long as something comes', async () => {
      onHead((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n');
        let left = 8;
        const timer = setInterval(() => {
          socket.write('x');
          if (--left === 0) clearInterval(timer);
        }, PATIENT_MS / 6);
      });
      const url = await start({
        timeouts: { idleMs: PATIENT_MS, headersMs: PATIENT_MS },
        server: { requestTimeoutMs: PATIENT_MS },
      });
      expect((await call(url)).text).toBe('xxxxxxxx');
    });

    it.each([
      ['usual', { method: 'GET' }],
      ['with trailers', { method: 'POST', headers: TRAILED, body: 'x' }],
    ])('counts each pause by itself, that before the first byte too (%s)', async (_way, options) => {
      onHead((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n');
        for (const turn of [1, 2, 3]) setTimeout(() => socket.write('x'), turn * PATIENT_MS * 0.5);
      });
      const url = await start({ timeouts: { idleMs: PATIENT_MS } });
      expect((await call(url, options)).text).toBe('xxx');
    });

    it('counts no pause that the client makes', async () => {
      const size = 30_000_000;
      onHead((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
        socket.write(Buffer.alloc(size));
      });
      await start({ timeouts: { idleMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.socket.pause();
      client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      await pass(4 * SHORT_MS);
      let bytes = 0;
      client.socket.removeAllListeners('data').on('data', (chunk) => (bytes += chunk.length));
      client.socket.resume();
      await eventually('all of it is there', () => bytes > size, 20_000);
      client.destroy();
    });

    it('runs out for the whole exchange after totalMs, and the reply is cut', async () => {
      onHead((socket) => {
        socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const timer = setInterval(() => socket.write('1\r\nx\r\n'), 50);
        socket.on('close', () => clearInterval(timer));
      });
      const url = await start({ timeouts: { totalMs: SHORT_MS } });
      await expect(call(url)).rejects.toThrow();
      await eventually('the upstream connection ends', () => last().closed);
    });

    it('has no total for event streams', async () => {
      onHead((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream\r\ntransfer-encoding: chunked\r\n\r\n');
        setTimeout(() => socket.write('9\r\ndata: 1\n\n\r\n0\r\n\r\n'), 3 * SHORT_MS);
      });
      const url = await start({ timeouts: { totalMs: SHORT_MS } });
      expect((await call(url)).text).toBe('data: 1\n\n');
    });

    it('has no total for upgraded connections', async () => {
      onHead((socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
        setTimeout(() => socket.write('late'), 3 * SHORT_MS);
      });
      await start({
        timeouts: { totalMs: SHORT_MS },
        server: { requestTimeoutMs: SHORT_MS },
        route: { upgrades: ['echo'] },
      });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
      await client.until(({ text }) => text.endsWith('late'));
      client.destroy();
    });
  });

  describe('for the request body', () => {
    it('is no part of what the upstream gets for its answer: a small body', async () => {
      onHead((socket) => setTimeout(() => socket.write(OK), SHORT_MS / 2));
      await start({ server: { requestTimeoutMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n');
      await pass((SHORT_MS * 3) / 4);
      client.write('a');
      await pass((SHORT_MS * 3) / 4);
      client.write('b');
      await client.until(({ text }) => text.endsWith('ok'));
      client.destroy();
    });

    it.each([
      ['declared', 'content-length: 50000\r\n\r\nhello'],
      ['chunked', 'transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
      ['with trailers', 'trailer: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ])('runs out when the client pauses too long: 408, and the upstream request ends: %s', async (_kind, rest) => {
      const before = upstream.connections.length;
      await start({ server: { requestTimeoutMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write(`POST / HTTP/1.1\r\nhost: a\r\n${rest}`);
      const text = await client.untilClosed();
      expect(text).toMatch(/^HTTP\/1\.1 408 [^]*"code":"request-timeout"/);
      expect(text).toMatch(/\r\nconnection: close\r\n/i);
      await eventually('the upstream request ends', () => upstream.connections[before]?.closed);
      client.destroy();
    });

    it.each([
      ['chunked', ''],
      ['with trailers', 'trailer: x-sum\r\n'],
      ['expecting 100', 'expect: 100-continue\r\n'],
    ])('is no part of what the upstream gets for its head: %s', async (_kind, field) => {
      onData = ({ received, socket }) => {
        if (received.endsWith('0\r\n\r\n')) socket.write(OK);
      };
      await start({ timeouts: { headersMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write(`POST / HTTP/1.1\r\nhost: a\r\n${field}transfer-encoding: chunked\r\n\r\n1\r\nx\r\n`);
      await pass(2 * SHORT_MS);
      client.write('0\r\n\r\n');
      await client.until(({ text }) => text.endsWith('ok'));
      client.destroy();
    });

    it('runs out for a small body before the upstream hears of it: 408', async () => {
      const before = upstream.connections.length;
      await start({ server: { requestTimeoutMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhello');
      expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
      expect(upstream.connections.length).toBe(before);
      client.destroy();
    });

    it.each([
      ['chunked', ''],
      ['with trailers', 'trailer: x-sum\r\n'],
      ['expecting 100', 'expect: 100-continue\r\n'],
    ])('goes on as long as the client sends, and only then that of the upstream begins: %s', async (_kind, field) => {
      onData = ({ received, socket }) => {
        if (received.endsWith('0\r\n\r\n')) setTimeout(() => socket.write(OK), SHORT_MS / 2);
      };
      await start({ server: { requestTimeoutMs: SHORT_MS }, timeouts: { headersMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write(`POST / HTTP/1.1\r\nhost: a\r\n${field}transfer-encoding: chunked\r\n\r\n`);
      for (let i = 0; i < 8; i++) {
        await pass(SHORT_MS / 3);
        client.write('1\r\nx\r\n');
      }
      client.write('0\r\n\r\n');
      await client.until(({ text }) => text.endsWith('ok'));
      client.destroy();
    });
  });

  describe('for the reply to a request that is under way', () => {
    it.each([
      ['declared', 'content-length: 20000\r\n\r\n', 'x'.repeat(10_000), ''],
      ['chunked', 'transfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n', '0\r\n\r\n'],
      ['with trailers', 'trailer: x\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n', '0\r\n\r\n'],
      ['expecting 100', 'expect: 100-continue\r\ncontent-length: 20\r\n\r\n', 'x'.repeat(10), ''],
    ])('does not run yet, however long the client pauses: %s', async (_kind, rest, piece, end) => {
      onData = ({ received, socket }) => {
        const body = received.slice(received.indexOf('\r\n\r\n') + 4);
        if (body === '' && received.includes('100-continue')) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        const whole = end === '' ? body.length === 2 * piece.length : body.endsWith(end);
        if (whole) socket.write(OK);
      };
      await start({ timeouts: { headersMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write(`POST / HTTP/1.1\r\nhost: a\r\n${rest}`);
      for (let i = 0; i < 2; i++) {
        await pass(2 * SHORT_MS);
        client.write(piece);
      }
      client.write(end);
      await client.until(({ text }) => text.endsWith('ok'));
      client.destroy();
    });

    it.each([
      ['with trailers', 'trailer: x\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n0\r\n\r\n'],
      ['chunked', 'transfer-encoding: chunked\r\n\r\n', '1\r\nx\r\n0\r\n\r\n'],
      ['that waits for 100', 'expect: 100-continue\r\ncontent-length: 20\r\n\r\n', ''],
      ['that did not wait for 100', 'expect: 100-continue\r\ncontent-length: 2\r\n\r\n', 'hi'],
    ])('runs from its end, or from where it waits: 504 (%s)', async (_kind, rest, body) => {
      await start({ timeouts: { headersMs: SHORT_MS } });
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write(`POST / HTTP/1.1\r\nhost: a\r\n${rest}`);
      await pass(SHORT_MS / 2);
      client.write(body);
      await client.until(({ text }) => text.endsWith('}'));
      expect(client.text).toMatch(/^HTTP\/1\.1 504 [^]*"code":"upstream-timeout"/);
      client.destroy();
    });

    it.each([
      ['declared', (bytes: number) => `content-length: ${bytes}\r\n\r\n`],
      ['chunked', (bytes: number) => `transfer-encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`],
      ['with trailers', (bytes: number) => `trailer: x\r\ntransfer-encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`],
    ])('runs out when the upstream stops reading: 504, and it is let go: %s', async (_kind, framing) => {
      const size = 50_000_000;
      onData = ({ socket }) => socket.pause();
      await start({ server: { requestTimeoutMs: SHORT_MS, bodyBytesMax: 2 * size } });
      const before = upstream.connections.length;
      const client = await RawConnection.open(gateway?.port ?? 0);
      client.write(`POST / HTTP/1.1\r\nhost: a\r\n${framing(size)}`);
      client.write(Buffer.alloc(size, 'x'));
      await client.until(({ text }) => text.endsWith('}'));
      expect(client.text).toMatch(/^HTTP\/1\.1 504 [^]*"code":"upstream-timeout"/);
      const connection = upstream.connections[before];
      onData = () => undefined;
      connection.socket.resume();
      await eventually('the upstream connection ends', () => connection.closed);
      client.destroy();
    });
  });

  describe('for a client to read', () => {
    const LARGE_BYTES = 200 * 1_048_576;

    async function deafClient(bytes: number): Promise<Socket> {
      onHead((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\n\r\n`);
        let left = bytes;
        const more = (): void => {
          while (left > 0 && !socket.destroyed) {
            const chunk = Buffer.alloc(Math.min(left, 65_536), 'x');
            left -= chunk.length;
            if (!socket.write(chunk)) return;
          }
        };
        socket.on('drain', more);
        more();
      });
      await start({ server: { writeTimeoutMs: 2 * SHORT_MS } });
      const client = connect(gateway?.port ?? 0, '127.0.0.1');
      client.on('error', () => undefined);
      client.pause();
      client.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
      await eventually('it arrives', () => seen === 1);
      return client;
    }

    it('runs out: the reply is cut and the upstream request ends', async () => {
      const client = await deafClient(LARGE_BYTES);
      const connection = last();
      await eventually('the upstream connection ends', () => connection.closed);
      client.resume();
      await eventually('the client is cut off', () => client.closed);
    });

    it('runs out for the rest of a reply that the upstream has ended, too', async () => {
      // More than what the kernel takes for a client that does not read, less than what stops the upstream.
      for (const bytes of [3, 4, 5, 6, 7, 8].map((megabytes) => megabytes * 1_048_576)) {
        const client = await deafClient(bytes);
        const running = gateway as RunningGateway;
        await pass(100);
        await untilIdle(running, 5_000);
        client.destroy();
        await running.close();
      }
      gateway = null;
    });
  });
});
