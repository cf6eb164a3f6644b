import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent } from 'node:http';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  gzipSync,
  zstdDecompressSync,
} from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, open, type Reply } from '../helpers/call.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const TEXT = 'All work and no play makes a dull page. '.repeat(200);
const decode = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync };
const decoders = { gzip: createGunzip, br: createBrotliDecompress, zstd: createZstdDecompress };
const encodings = ['gzip', 'br', 'zstd'] as const;

type Made = { status?: number; headers?: Record<string, string | string[]>; body?: string | Buffer };

const made: Readonly<Record<string, Made>> = {
  '/text': { headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(TEXT.length) } },
  '/chunked': { headers: { 'content-type': 'application/vnd.api+json' } },
  '/tagged': { headers: { 'content-type': 'text/html', etag: '"abc"', vary: 'Origin' } },
  '/weak': { headers: { 'content-type': 'text/html', etag: 'W/"abc"' } },
  '/small': { headers: { 'content-type': 'text/plain', 'content-length': '5' }, body: 'small' },
  '/image': { headers: { 'content-type': 'image/png' } },
  '/untyped': { headers: {} },
  '/still': { headers: { 'content-type': 'text/plain', 'cache-control': 'max-age=1, No-Transform' } },
  '/coded': { headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, body: gzipSync(TEXT) },
  '/part': { status: 206, headers: { 'content-type': 'text/plain', 'content-range': 'bytes 0-7999/9000' } },
  '/error': { status: 500, headers: { 'content-type': 'text/plain' } },
  '/same': { status: 304, headers: { etag: '"abc"' }, body: '' },
  '/none': { status: 204, headers: {}, body: '' },
  '/events': { headers: { 'content-type': 'text/event-stream' } },
};

describe('compression', () => {
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let feed: ServerResponse;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      if (request.url === '/feed') {
        feed = response;
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.flushHeaders();
        return;
      }
      const { status = 200, headers = {}, body = TEXT } = made[request.url?.replace(/^\/\w+(?=\/)/, '') ?? ''];
      response.writeHead(status, headers);
      response.flushHeaders();
      response.end(body);
    });
    gateway = await startGateway({
      upstreams: { pages: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'on', match: { path: '/*' }, upstream: 'pages', compression: true },
        { id: 'off', match: { path: '/off/*' }, upstream: 'pages' },
        {
          id: 'own',
          match: { path: '/own/*' },
          upstream: 'pages',
          compression: { types: ['image/*'], encodings: ['gzip'] },
        },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  const get = (path: string, accept: string | null = 'gzip', method = 'GET'): Promise<Reply> =>
    call(gateway.url + path, { method, headers: accept === null ? {} : { 'accept-encoding': accept } });

  it.each(encodings)('gives a client what it accepts, and the same content: %s', async (encoding) => {
    for (const path of ['/text', '/chunked', '/error']) {
      const reply = await get(path, encoding);
      expect(reply.field('content-encoding')).toBe(encoding);
      expect(reply.field('content-length')).toBeUndefined();
      expect(reply.field('vary')).toBe('Accept-Encoding');
      expect(reply.body.length).toBeLessThan(TEXT.length / 4);
      expect(decode[encoding](reply.body).toString()).toBe(TEXT);
    }
  });

  it.each([
    ['gzip, br, zstd', 'zstd'],
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1.0, br;q=0.5, zstd;q=0.1', 'gzip'],
    ['br;q=0, gzip;q=0.2', 'gzip'],
    ['*', 'zstd'],
    ['*;q=0.5, zstd;q=0', 'br'],
    ['x-gzip', 'gzip'],
    ['GZIP ; Q=0.8', 'gzip'],
    ['deflate', undefined],
    ['gzip;q=0', undefined],
    ['identity', undefined],
    ['gzip;q=0.3, identity;q=0.9', undefined],
    ['*;q=0', undefined],
    ['gzip;q=nonsense', undefined],
    ['', undefined],
    [null, undefined],
  ])('follows the weights of the client: %s', async (accept, expected) => {
    const reply = await get('/text', accept);
    expect(reply.field('content-encoding')).toBe(expected);
    // The choice was made by this field even when it fell on the plain body.
    expect(reply.field('vary')).toBe('Accept-Encoding');
    if (expected === undefined) {
      expect(reply.text).toBe(TEXT);
      expect(reply.field('content-length')).toBe(String(TEXT.length));
    }
  });

  it('reads a list that came in several fields', async () => {
    const reply = await call(`${gateway.url}/text`, { headers: { 'accept-encoding': ['deflate', 'gzip'] } });
    expect(reply.field('content-encoding')).toBe('gzip');
  });

  it.each(['/small', '/image', '/untyped', '/still', '/part', '/events', '/off/text'])(
    'leaves alone: %s',
    async (path) => {
      const reply = await get(path);
      expect(reply.field('content-encoding')).toBeUndefined();
      expect(reply.all('vary')).toEqual([]);
      expect(reply.text).toBe(path === '/small' ? 'small' : TEXT);
    },
  );

  it('leaves alone what the upstream has compressed', async () => {
    const reply = await get('/coded');
    expect(reply.field('content-encoding')).toBe('gzip');
    expect(gunzipSync(reply.body).toString()).toBe(TEXT);
  });

  it.each(['/same', '/none'])('adds no body where there is none: %s', async (path) => {
    const reply = await get(path);
    expect(reply.field('content-encoding')).toBeUndefined();
    expect(reply.body).toHaveLength(0);
  });

  it('weakens the entity tag, since another body has another', async () => {
    expect((await get('/tagged')).field('etag')).toBe('W/"abc"');
    expect((await get('/tagged', null)).field('etag')).toBe('"abc"');
    expect((await get('/weak')).field('etag')).toBe('W/"abc"');
  });

  it('names the same tag when the page has not changed', async () => {
    const reply = await get('/same');
    expect(reply.field('etag')).toBe('W/"abc"');
    expect(reply.all('vary')).toEqual(['Accept-Encoding']);
  });

  it('varies beside what the upstream varies by', async () => {
    expect((await get('/tagged')).all('vary').join(', ')).toBe('Origin, Accept-Encoding');
  });

  it('tells HEAD what GET would be told, without a body', async () => {
    const reply = await get('/text', 'gzip', 'HEAD');
    expect(reply.field('content-encoding')).toBe('gzip');
    expect(reply.field('content-length')).toBeUndefined();
    expect(reply.field('vary')).toBe('Accept-Encoding');
    expect(reply.body).toHaveLength(0);
  });

  it('may have its types and encodings set by the route', async () => {
    expect((await get('/own/image', 'zstd, gzip')).field('content-encoding')).toBe('gzip');
    expect((await get('/own/text', 'zstd, gzip')).field('content-encoding')).toBeUndefined();
  });

  it('works for a client of HTTP/1.0, too', async () => {
    const client = await RawConnection.open(gateway.port);
    client.write('GET /text HTTP/1.0\r\nhost: a\r\naccept-encoding: gzip\r\n\r\n');
    await client.untilClosed();
    const head = client.text.indexOf('\r\n\r\n') + 4;
    expect(client.text.slice(0, head)).toMatch(/\r\ncontent-encoding: gzip\r\n/);
    expect(gunzipSync(client.received.subarray(head)).toString()).toBe(TEXT);
  });

  it.each(encodings)('does not hold back what has come of a body of unknown length: %s', async (encoding) => {
    const request = open(`${gateway.url}/feed`, { headers: { 'accept-encoding': encoding } });
    request.end();
    const [reply] = (await once(request, 'response')) as [IncomingMessage];
    expect(reply.headers['content-encoding']).toBe(encoding);
    const decoded = reply.pipe(decoders[encoding]());
    for (const line of ['first line\n', 'second line\n', 'third line\n']) {
      const arrived = once(decoded, 'data');
      feed.write(line);
      expect(String((await arrived)[0])).toBe(line);
    }
    const ended = once(decoded, 'end');
    decoded.resume();
    feed.end();
    await ended;
  });

  it('leaves the connection in order', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const encoding of [...encodings, ...encodings]) {
      const reply = await call(`${gateway.url}/text`, { agent, headers: { 'accept-encoding': encoding } });
      expect(decode[encoding](reply.body).toString()).toBe(TEXT);
    }
    agent.destroy();
  });
});
