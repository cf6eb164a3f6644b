import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NativeClient } from '@app/upstream-client';
import { byteStream, digest, digestOf } from '../helpers/byte-stream.js';
import { eventually, pass } from '../helpers/eventually.js';
import { ask, begin } from '../helpers/upstream-client/exchange.js';

const MB = 1_048_576;

/** What an upstream on Node's own server does, by path. */
const paths: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/echo': (request, response) => {
    response.writeHead(200, { 'X-Method': request.method, 'x-framing': framingOf(request) });
    request.on('data', (chunk) => response.write(chunk));
    request.on('end', () => response.end());
  },
  '/digest': (request, response) => {
    digest(request).then(
      (got) => response.end(JSON.stringify({ ...got, trailers: request.rawTrailers, framing: framingOf(request) })),
      () => undefined,
    );
  },
  '/large': (_, response) => {
    response.writeHead(200, { 'content-length': 8 * MB });
    byteStream(8 * MB).pipe(response);
  },
  '/large-chunked': (_, response) => void byteStream(8 * MB).pipe(response),
  '/trailed': (_, response) => {
    response.writeHead(200, { trailer: 'x-sum' });
    response.write('body');
    response.addTrailers({ 'X-Sum': '1' });
    response.end();
  },
  '/hints': (_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' });
    response.end('hinted');
  },
  '/early': (_, response) => void response.end('early'),
};

function framingOf({ headers }: IncomingMessage): string {
  return headers['transfer-encoding'] ?? headers['content-length'] ?? 'none';
}

describe('an exchange of the upstream client', () => {
  let server: Server;
  let origin: string;
  let client: NativeClient;

  beforeAll(async () => {
    server = createServer((request, response) => {
      (paths[request.url ?? ''] ?? ((_, other) => other.end(`${request.method} ${request.url}`)))(request, response);
    });
    server.on('upgrade', (request, socket) => {
      socket.write(`HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: ${request.headers.upgrade}\r\n\r\nfirst`);
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    client = new NativeClient({ origin });
  });

  afterEach(async () => {
    await client.drain();
    expect(client.stats()).toMatchObject({ open: 0, idle: 0, waiting: 0, active: 0 });
  });

  afterAll(() => {
    server?.closeAllConnections();
    server?.close();
  });

  it('gives head and body, over one connection for one after the other', async () => {
    for (let i = 0; i < 5; i++) {
      const answer = await ask(client, { path: `/some?n=${i}` });
      expect([answer.status, answer.statusText, answer.body]).toEqual([200, 'OK', `GET /some?n=${i}`]);
      expect(answer.headers).toContain('content-length');
    }
    expect(client.stats()).toMatchObject({ open: 1, idle: 1, connections: 1, exchanges: 5, reuseRatio: 0.8 });
  });

  it('opens as many connections as run at a time, and uses the last one first', async () => {
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => ask(client, { path })));
    expect(answers.map(({ body }) => body)).toEqual(['GET /a', 'GET /b', 'GET /c']);
    expect(client.stats()).toMatchObject({ open: 3, idle: 3 });
    await ask(client);
    expect(client.stats()).toMatchObject({ open: 3, idle: 3 });
  });

  it('waits for one of a limited number', async () => {
    const narrow = new NativeClient({ origin, connectionsMax: 2 });
    const answers = Array.from({ length: 20 }, (_, i) => begin(narrow, { path: `/${i}` }));
    expect(narrow.stats()).toMatchObject({ open: 2, waiting: 18, active: 2 });
    const bodies = await Promise.all(answers.map(async ({ done }) => (await done).body));
    expect(bodies).toEqual(answers.map((_, i) => `GET /${i}`));
    expect(narrow.stats().connections).toBe(2);
    await narrow.drain();
  });

  it.each([0, 1, 1_000, 16_384, 16_385, 3 * MB])('sends a whole body of %d bytes', async (bytes) => {
    const body = Buffer.alloc(bytes, 'x');
    const answer = await ask(client, { method: 'POST', path: '/echo', body });
    expect(answer.body === body.toString()).toBe(true);
    expect(answer.headers).toEqual(expect.arrayContaining(['x-method', 'POST', 'x-framing', String(bytes)]));
  });

  it.each([
    ['counted', 2 * MB, String(2 * MB)],
    ['chunked', -1, 'chunked'],
  ])('sends a stream: %s', async (_, bodyBytes, framing) => {
    const answer = await ask(client, { method: 'PUT', path: '/digest', body: byteStream(2 * MB), bodyBytes });
    expect(JSON.parse(answer.body)).toMatchObject({ ...digestOf(2 * MB), framing });
  });

  it('sends trailers behind chunks', async () => {
    const answer = await ask(client, {
      method: 'PUT',
      path: '/digest',
      headers: ['host', 'a', 'trailer', 'x-sum'],
      body: Readable.from([Buffer.from('ab'), Buffer.from('c')]),
      bodyBytes: -1,
      trailers: () => ['x-sum', '7'],
    });
    expect(JSON.parse(answer.body)).toMatchObject({ bytes: 3, trailers: ['x-sum', '7'] });
  });

  it.each([
    ['too long', () => Readable.from([Buffer.from('abcdef')]), 3, 'body-too-long'],
    ['too short', () => Readable.from([Buffer.from('ab')]), 3, 'body-too-short'],
    ['broken', () => new Readable({ read: (): void => undefined }).destroy(new Error('x')), 3, 'body-cut'],
    ['cut', () => Readable.from(failing()), -1, 'body-failed'],
  ])('fails when its stream is %s, and its connection is not used again', async (_, body, bodyBytes, reason) => {
    const stream = body();
    stream.on('error', () => undefined);
    const answer = await ask(client, { method: 'PUT', path: '/digest', body: stream, bodyBytes });
    expect(answer.error).toBe(`request-failed: ${reason}`);
    expect(client.stats()).toMatchObject({ idle: 0, active: 0 });
  });

  it.each([
    ['/large', false],
    ['/large-chunked', false],
    ['/large', true],
    ['/large-chunked', true],
  ])('gives a large body whole: %s, leased: %s', async (path, leases) => {
    const answer = await ask(client, { path }, { leases });
    expect(await digest(Readable.from(answer.chunks))).toEqual(digestOf(8 * MB));
    expect(client.stats()).toMatchObject({ idle: 1, largeBuffersOut: 0 });
    if (leases) expect(Math.max(...answer.chunks.map(({ length }) => length))).toBeGreaterThan(65_536);
  });

  it('stops at a pause, and goes on', async () => {
    let calls = 0;
    const paused = begin(client, { path: '/large' }, { onData: () => ++calls < 3 });
    await eventually('it pauses', () => calls === 3);
    await pass(50);
    expect(calls).toBe(3);
    for (; !paused.over; paused.exchange?.resume()) await pass(0);
    expect(await digest(Readable.from(paused.chunks))).toEqual(digestOf(8 * MB));
  });

  it('gives interim responses and trailers', async () => {
    const hinted = await ask(client, { path: '/hints' });
    expect(hinted.interim).toEqual([{ status: 103, headers: ['link', '</a.css>; rel=preload'] }]);
    expect(hinted.body).toBe('hinted');
    const trailed = await ask(client, { path: '/trailed' });
    expect([trailed.body, trailed.trailers]).toEqual(['body', ['x-sum', '1']]);
  });

  it('has no body for HEAD', async () => {
    const answer = await ask(client, { method: 'HEAD', path: '/some' });
    expect([answer.status, answer.body]).toEqual([200, '']);
    await eventually('the connection is kept', () => client.stats().idle === 1);
  });

  it('sends a whole body when the upstream says 100', async () => {
    const answer = await ask(client, {
      method: 'POST',
      path: '/echo',
      body: Buffer.from('expected'),
      expectsContinue: true,
    });
    expect(answer.interim.map(({ status }) => status)).toEqual([100]);
    expect(answer.body).toBe('expected');
  });

  it('is answered while its body is still coming, and takes its connection with it', async () => {
    const body = new Readable({ read: (): void => undefined });
    const answer = await ask(client, { method: 'POST', path: '/early', body, bodyBytes: 100 });
    expect(answer.body).toBe('early');
    expect(client.stats()).toMatchObject({ idle: 0, active: 0 });
    expect(body.destroyed).toBe(false);
  });

  it('hands a connection over when the protocol changes', async () => {
    const answer = await ask(client, { upgrade: 'echo' });
    expect(answer.status).toBe(101);
    const socket = answer.upgraded!;
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    socket.write('second');
    await eventually('it is answered', () => heard === 'firstsecond');
    expect(client.stats().open).toBe(0);
    socket.destroy();
  });

  it('reports what cannot be written, without a connection', async () => {
    const answer = await ask(client, { headers: ['host', 'a', 'x', 'a\r\nb: c'] });
    expect(answer.error).toBe('request-failed: field-value');
    expect(client.stats().connections).toBe(0);
  });

  it('lets running exchanges end when it drains, and takes no new ones', async () => {
    const running = begin(client, { path: '/large' });
    const drained = client.drain();
    expect((await ask(client)).error).toBe('connect-failed: client-closed');
    expect((await running.done).error).toBe('');
    await drained;
  });

  it('breaks off when the client is destroyed', async () => {
    const narrow = new NativeClient({ origin, connectionsMax: 1 });
    const answers = [begin(narrow), begin(narrow)];
    narrow.destroy();
    expect(answers.map(({ error }) => error)).toEqual(['aborted: destroyed', 'aborted: destroyed']);
    await narrow.drain();
  });
});

async function* failing(): AsyncGenerator<Buffer> {
  yield Buffer.from('ab');
  await pass(5);
  throw new Error('the source broke');
}
