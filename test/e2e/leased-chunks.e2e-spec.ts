import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createGunzip } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { NativeClientStats } from '@app/upstream-client';
import { UpstreamRegistry } from '../../apps/gateway/src/upstream/upstream-registry.js';
import { byteStream, digest, digestOf } from '../helpers/byte-stream.js';
import { open } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { untilIdle } from '../helpers/idle-gateway.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const MB = 1_048_576;
const HOST = 'host: a\r\n';

describe('large chunks in borrowed buffers', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  const clients: Socket[] = [];

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://a');
      const size = Number(searchParams.get('bytes'));
      if (searchParams.has('declared')) response.setHeader('content-length', size);
      response.setHeader('content-type', 'text/plain');
      response.setHeader('cache-control', 'max-age=60');
      byteStream(size).pipe(response);
    });
    gateway = await startGateway({
      upstreams: { native: { client: 'native', targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'plain', match: { path: '/*' }, upstream: 'native' },
        { id: 'compressed', match: { path: '/compressed' }, upstream: 'native', compression: { bytesMin: 0 } },
        { id: 'cached', match: { path: '/cached' }, upstream: 'native', cache: {} },
      ],
    });
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await untilIdle(gateway);
    await eventually('every buffer is back', () => borrowed() === 0);
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  function borrowed(): number {
    const [target] = gateway.gateway.app.get(UpstreamRegistry).get('native').targets;
    return (target.client.stats() as NativeClientStats).largeBuffersOut;
  }

  async function get(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
    const request = open(gateway.url + path, { headers });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return response;
  }

  /** A client that sends this, and reads nothing. */
  async function deaf(text: string): Promise<Socket> {
    const socket = connect({ port: gateway.port, host: '127.0.0.1' });
    clients.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause();
    socket.write(text);
    return socket;
  }

  it.each(['?bytes=8000000&declared', '?bytes=8000000'])(
    'reach many clients at once as they left, whatever else is read meanwhile: %s',
    async (query) => {
      const got = await Promise.all(Array.from({ length: 4 }, async () => digest(await get(`/large${query}`))));
      expect(got).toEqual(Array.from({ length: 4 }, () => digestOf(8_000_000)));
    },
  );

  it('are left alone while a slow client has not read them', async () => {
    const slow = await get('/large?bytes=30000000&declared');
    await eventually('some wait for it', () => borrowed() > 0);
    // Others read through the same pool meanwhile.
    for (let i = 0; i < 4; i++) expect(await digest(await get('/large?bytes=8000000'))).toEqual(digestOf(8_000_000));
    expect(await digest(slow)).toEqual(digestOf(30_000_000));
  });

  it('are copied for what keeps them: a stage that compresses', async () => {
    const reply = await get('/compressed?bytes=8000000', { 'accept-encoding': 'gzip' });
    expect(reply.headers['content-encoding']).toBe('gzip');
    expect(await digest(reply.pipe(createGunzip()))).toEqual(digestOf(8_000_000));
  });

  it('are copied for what keeps them: the cache', async () => {
    for (let i = 0; i < 2; i++) {
      expect(await digest(await get('/cached?bytes=1000000&declared'))).toEqual(digestOf(1_000_000));
    }
    expect(upstream.requests.filter(({ url }) => url?.startsWith('/cached') === true)).toHaveLength(1);
  });

  it.each([
    ['by a reset', (socket: Socket) => socket.resetAndDestroy()],
    ['in order', (socket: Socket) => socket.destroy()],
  ])('come back when their client leaves in the middle %s', async (_, leave) => {
    const left = await Promise.all(
      Array.from({ length: 8 }, () => deaf(`GET /large?bytes=${100 * MB}&declared HTTP/1.1\r\n${HOST}\r\n`)),
    );
    await eventually('some wait for them', () => borrowed() > 0);
    for (const socket of left) leave(socket);
  });

  it('come back when the upstream breaks off', async () => {
    await deaf(`GET /large?bytes=${100 * MB}&declared HTTP/1.1\r\n${HOST}\r\n`);
    await eventually('some wait for it', () => borrowed() > 0);
    for (const socket of upstream.sockets) socket.destroy();
  });

  it('are not borrowed for a reply that waits behind another', async () => {
    // The first reply is not read, so that Node keeps the second.
    const one = `GET /large?bytes=${20 * MB}&declared HTTP/1.1\r\n${HOST}\r\n`;
    const client = await deaf(one + one);
    await eventually('both are asked', () => upstream.requests.length >= 2);
    await pass(50);
    client.destroy();
  });
});
