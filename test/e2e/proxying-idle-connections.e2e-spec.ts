import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { byteStream, bytes } from '../helpers/byte-stream.js';
import { call, type CallOptions } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startRawUpstream, type RawUpstream, type UpstreamConnection } from '../helpers/raw-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

describe('an idle connection to an upstream', () => {
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  /** Whole requests, on whichever connection, in order. */
  let requests: string[] = [];
  /** What becomes of a request; `nth` counts those of its connection from 1. */
  let serve = (_connection: UpstreamConnection, _nth: number): void => undefined;
  const counts = new WeakMap<UpstreamConnection, number>();

  beforeAll(async () => {
    upstream = await startRawUpstream((connection) => {
      const { received } = connection;
      const head = received.indexOf('\r\n\r\n') + 4;
      if (head < 4) return;
      const length = Number(/\r\ncontent-length: (\d+)/.exec(received)?.[1] ?? 0);
      if (
        received.includes('transfer-encoding: chunked')
          ? !received.endsWith('0\r\n\r\n')
          : received.length < head + length
      ) {
        return;
      }
      connection.received = '';
      requests.push(received);
      const nth = (counts.get(connection) ?? 0) + 1;
      counts.set(connection, nth);
      serve(connection, nth);
    });
  });

  beforeEach(async () => {
    await gateway?.close();
    for (const { socket } of upstream.connections) socket.destroy();
    gateway = await start();
    requests = [];
    serve = ({ socket }) => socket.write(OK);
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const start = (keepAlive: { idleMs?: number; connectionsMax?: number } = {}): Promise<RunningGateway> =>
    startGateway({
      upstreams: { raw: { targets: [{ url: upstream.url }], keepAlive } },
      routes: [{ id: 'raw', match: { path: '/*' }, upstream: 'raw' }],
    });

  const opened = (): number => upstream.connections.length;

  /** The connection is warmed by one request, and breaks under the next without an answer. */
  async function breakUnder(options: CallOptions, times = 1): Promise<Awaited<ReturnType<typeof call>>> {
    await call(`${gateway.url}/warm`);
    requests = [];
    let broken = 0;
    serve = ({ socket }) => {
      if (broken++ < times) socket.destroy();
      else socket.write(OK);
    };
    return call(`${gateway.url}/x`, options);
  }

  const small = Buffer.concat([...bytes(1_000)]);
  const declared = { 'content-length': '1000' };

  it('carries one request after another', async () => {
    const before = opened();
    for (let i = 0; i < 10; i++) expect((await call(gateway.url)).text).toBe('ok');
    expect(opened()).toBe(before + 1);
  });

  it.each([
    ['GET', {}],
    ['HEAD', { method: 'HEAD' }],
    ['OPTIONS', { method: 'OPTIONS' }],
    ['DELETE', { method: 'DELETE' }],
    ['PUT with a small body', { method: 'PUT', headers: declared, body: small }],
    ['QUERY with a small body', { method: 'QUERY', headers: declared, body: small }],
    ['GET with a small body', { headers: declared, body: small }],
  ])('that breaks as it is used again costs the client nothing when repeating is safe: %s', async (_what, options) => {
    const reply = await breakUnder(options);
    expect(reply.status).toBe(200);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toBe(requests[0]);
  });

  it.each([
    ['POST', { method: 'POST' }],
    ['POST with a small body', { method: 'POST', headers: declared, body: small }],
    ['PATCH', { method: 'PATCH', headers: declared, body: small }],
    ['LOCK', { method: 'LOCK' }],
    ['PUT whose body is gone', { method: 'PUT', headers: { 'transfer-encoding': 'chunked' }, body: small }],
  ])('that breaks as it is used again gives 502 when repeating is not safe: %s', async (_what, options) => {
    expectProblem(await breakUnder(options), 502, 'upstream-reset');
    expect(requests).toHaveLength(1);
  });

  it('that breaks under a large body gives 502, since it cannot be sent again', async () => {
    await call(gateway.url);
    requests = [];
    serve = ({ socket }) => socket.destroy();
    const options = { method: 'PUT', headers: { 'content-length': '300000' }, body: byteStream(300_000) };
    expectProblem(await call(gateway.url, options), 502, 'upstream-reset');
    expect(requests).toHaveLength(1);
  });

  it('is given up for another only once', async () => {
    expectProblem(await breakUnder({}, 2), 502, 'upstream-reset');
    expect(requests).toHaveLength(2);
  });

  it('is not given up for another when a reply has begun', async () => {
    await call(gateway.url);
    requests = [];
    serve = ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello');
    await expect(call(gateway.url)).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });

  it('that the upstream has closed in the meantime is not used, so that POST does not fail', async () => {
    for (let i = 0; i < 5; i++) {
      serve = ({ socket }) => socket.write(OK);
      await call(gateway.url);
      for (const { socket } of upstream.connections) socket.end();
      await eventually('all are closed', () => upstream.connections.every(({ closed }) => closed));
      expect((await call(gateway.url, { method: 'POST' })).status).toBe(200);
    }
  });

  it('is not used again when the upstream says close', async () => {
    serve = ({ socket }) => socket.write(OK.replace('\r\n', '\r\nconnection: close\r\n'));
    const before = opened();
    for (let i = 0; i < 3; i++) expect((await call(gateway.url)).text).toBe('ok');
    expect(opened()).toBe(before + 3);
  });

  it('is closed after the time that the configuration gives it', async () => {
    const own = await start({ idleMs: 200 });
    await call(own.url);
    const connection = upstream.connections[opened() - 1];
    await eventually('it is closed', () => connection.closed);
    await own.close();
  });

  it('is closed earlier when the upstream says so', async () => {
    const own = await start({ idleMs: 60_000 });
    serve = ({ socket }) => socket.write(OK.replace('\r\n', '\r\nkeep-alive: timeout=2\r\n'));
    await call(own.url);
    const connection = upstream.connections[opened() - 1];
    await eventually('it is closed', () => connection.closed);
    await own.close();
  });

  it('is waited for when no further one may be opened', async () => {
    const own = await start({ connectionsMax: 2 });
    const before = opened();
    let running = 0;
    let most = 0;
    serve = ({ socket }) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        socket.write(OK);
      }, 10);
    };
    const replies = await Promise.all(Array.from({ length: 12 }, () => call(own.url)));
    expect(replies.every(({ text }) => text === 'ok')).toBe(true);
    expect(opened()).toBe(before + 2);
    expect(most).toBe(2);
    await own.close();
  });

  it('on which the upstream speaks unasked is not used again', async () => {
    await call(gateway.url);
    const connection = upstream.connections[opened() - 1];
    connection.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil');
    await eventually('it is closed', () => connection.closed);
    await pass(20);
    expect((await call(gateway.url)).text).toBe('ok');
  });
});
