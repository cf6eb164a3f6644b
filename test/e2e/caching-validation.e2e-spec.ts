import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';

let origin: CachedOrigin;
const modified = 'Wed, 01 Jan 2025 00:00:00 GMT';

beforeAll(async () => {
  origin = await CachedOrigin.start();
});

afterAll(() => origin.close());

describe('a client that has the response already', () => {
  it.each<[status: number, headers: Record<string, string>]>([
    [304, { 'if-none-match': '"v1"' }],
    [304, { 'if-none-match': 'W/"v1"' }],
    [304, { 'if-none-match': '"v0", W/"v1"' }],
    [304, { 'if-none-match': '"a,b", "v1"' }],
    [304, { 'if-none-match': '*' }],
    [304, { 'if-modified-since': modified }],
    [304, { 'if-modified-since': 'Thu, 02 Jan 2025 00:00:00 GMT' }],
    [304, { 'if-modified-since': 'Wednesday, 01-Jan-25 00:00:00 GMT' }],
    [200, { 'if-none-match': '"v2"' }],
    [200, { 'if-none-match': '"v2"', 'if-modified-since': modified }],
    [200, { 'if-none-match': 'v1' }],
    [200, { 'if-modified-since': 'Tue, 31 Dec 2024 00:00:00 GMT' }],
    [200, { 'if-modified-since': 'yesterday' }],
  ])('gets %i from what is stored for %j', async (status, headers) => {
    origin.answers({ 'cache-control': 'max-age=60', etag: '"v1"', 'last-modified': modified, 'x-mine': '1' });
    const path = origin.fresh();
    await origin.get(path);
    const reply = await origin.get(path, headers);
    expect([reply.status, cacheResult(reply), reply.text]).toEqual([status, 'hit', status === 304 ? '' : 'hello']);
    expect([reply.field('etag'), reply.field('x-mine')]).toEqual(['"v1"', status === 304 ? undefined : '1']);
    expect(origin.asked).toBe(1);
  });

  it('gets 304 also when the response has to be fetched, whole, first', async () => {
    origin.answers({ 'cache-control': 'max-age=60', etag: '"v1"' });
    const path = origin.fresh();
    const reply = await origin.get(path, { 'if-none-match': '"v1"', 'if-modified-since': modified });
    expect([reply.status, reply.field('cache-status')]).toEqual([304, 'sluice; fwd=miss; stored']);
    expect([origin.last.headers['if-none-match'], origin.last.headers['if-modified-since']]).toEqual([
      undefined,
      undefined,
    ]);
    expect((await origin.get(path)).text).toBe('hello');
    expect(origin.asked).toBe(1);
  });

  it.each(['if-match', 'if-unmodified-since'])('is left to the upstream with %s', async (name) => {
    origin.answers({ 'cache-control': 'max-age=60', etag: '"v1"' });
    const path = origin.fresh();
    await origin.get(path);
    expect(cacheResult(await origin.get(path, { [name]: name === 'if-match' ? '"v1"' : modified }))).toBe('bypass');
    expect(origin.last.headers[name]).toBeDefined();
  });
});

describe('a stored response that must be asked about', () => {
  it('is used when the upstream confirms it, with what the 304 says anew', async () => {
    let times = 0;
    origin.handler = (request, response) => {
      times++;
      if (request.headers['if-none-match'] === '"v1"') {
        const headers = { 'cache-control': 'no-cache', etag: '"v1"', 'x-times': String(times), 'content-type': 'x/y' };
        response.writeHead(304, headers).end();
      } else {
        const headers = { 'cache-control': 'no-cache', etag: '"v1"', 'x-times': '1', 'content-type': 'text/plain' };
        response.writeHead(200, headers).end('hello');
      }
    };
    const path = origin.fresh();
    await origin.get(path);
    const reply = await origin.get(path);
    expect([reply.status, reply.text, reply.field('x-times')]).toEqual([200, 'hello', '2']);
    expect(reply.field('content-type')).toBe('text/plain');
    expect(reply.field('cache-status')).toBe('sluice; fwd=stale; fwd-status=304');
    expect((await origin.get(path)).field('x-times')).toBe('3');
    expect((await origin.get(path, { 'if-none-match': '"v1"' })).status).toBe(304);
  });

  it('is fresh again when the 304 says so', async () => {
    origin.handler = (request, response) => {
      const known = request.headers['if-modified-since'] === modified;
      const headers = { 'cache-control': known ? 'max-age=60' : 'max-age=0', 'last-modified': modified };
      response.writeHead(known ? 304 : 200, headers).end(known ? undefined : 'hello');
    };
    const path = origin.fresh();
    await origin.get(path);
    expect(cacheResult(await origin.get(path))).toBe('stale');
    const reply = await origin.get(path);
    expect([cacheResult(reply), reply.text]).toEqual(['hit', 'hello']);
    expect(origin.asked).toBe(2);
  });

  it('gives way to a new one', async () => {
    let version = 0;
    origin.handler = (_, response) => {
      version++;
      response.writeHead(200, { 'cache-control': 'no-cache', etag: `"v${version}"` }).end(`body ${version}`);
    };
    const path = origin.fresh();
    await origin.get(path);
    const reply = await origin.get(path);
    expect([reply.text, reply.field('cache-status')]).toEqual(['body 2', 'sluice; fwd=stale; fwd-status=200; stored']);
    await origin.get(path);
    expect(origin.last.headers['if-none-match']).toBe('"v2"');
  });

  it('is asked for once more, whole, when the 304 is about another one', async () => {
    let asked = 0;
    origin.handler = (request, response) => {
      asked++;
      const conditional = request.headers['if-none-match'] !== undefined;
      const headers = { 'cache-control': 'no-cache', etag: conditional ? '"other"' : `"v${asked}"` };
      response.writeHead(conditional ? 304 : 200, headers).end(conditional ? undefined : `body ${asked}`);
    };
    const path = origin.fresh();
    await origin.get(path);
    const reply = await origin.get(path);
    expect([reply.status, reply.text]).toEqual([200, 'body 3']);
  });

  it('is forgotten when the upstream no longer lets it be stored', async () => {
    origin.answers({ 'cache-control': 'no-cache', etag: '"v1"' });
    const path = origin.fresh();
    await origin.get(path);
    origin.answers({ 'cache-control': 'no-store' });
    await origin.get(path);
    await origin.get(path);
    expect(origin.last.headers['if-none-match']).toBeUndefined();
  });

  it('is refreshed by a client that asks for it anew', async () => {
    let body = 'old';
    origin.handler = (_, response) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end(body);
    const path = origin.fresh();
    await origin.get(path);
    body = 'new';
    const reply = await origin.get(path, { 'cache-control': 'no-cache' });
    expect([reply.text, reply.field('cache-status')]).toEqual(['new', 'sluice; fwd=request; fwd-status=200; stored']);
    expect((await origin.get(path)).text).toBe('new');
  });
});

describe('HEAD', () => {
  it('is answered from a stored GET, with the length of its body', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    const path = origin.fresh();
    await origin.get(path);
    const reply = await origin.get(path, {}, 'HEAD');
    expect([reply.status, reply.text, reply.field('content-length'), cacheResult(reply)]).toEqual([
      200,
      '',
      '5',
      'hit',
    ]);
    expect(origin.asked).toBe(1);
  });

  it('is asked for when nothing is stored, and stores nothing', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    const path = origin.fresh();
    expect(cacheResult(await origin.get(path, {}, 'HEAD'))).toBe('miss');
    expect(origin.last.method).toBe('HEAD');
    const reply = await origin.get(path);
    expect([cacheResult(reply), reply.text]).toEqual(['miss', 'hello']);
  });
});

describe('a part of a stored response', () => {
  const etag = '"v1"';

  it.each<[status: number, range: string, text: string, contentRange: string | undefined]>([
    [206, 'bytes=0-0', 'h', 'bytes 0-0/5'],
    [206, 'bytes=1-3', 'ell', 'bytes 1-3/5'],
    [206, 'bytes=3-', 'lo', 'bytes 3-4/5'],
    [206, 'bytes=-2', 'lo', 'bytes 3-4/5'],
    [206, 'bytes=-99', 'hello', 'bytes 0-4/5'],
    [206, 'bytes=2-99', 'llo', 'bytes 2-4/5'],
    [416, 'bytes=5-', '', 'bytes */5'],
    [416, 'bytes=-0', '', 'bytes */5'],
    [200, 'bytes=0-0,2-3', 'hello', undefined],
    [200, 'bytes=3-1', 'hello', undefined],
    [200, 'lines=1-2', 'hello', undefined],
    [200, 'bytes=-', 'hello', undefined],
    [200, 'bytes=a-b', 'hello', undefined],
  ])('is %i for %s', async (status, range, text, contentRange) => {
    origin.answers({ 'cache-control': 'max-age=60', etag });
    const path = origin.fresh();
    await origin.get(path);
    const reply = await origin.get(path, { range });
    expect([reply.status, reply.text, reply.field('content-range')]).toEqual([status, text, contentRange]);
    expect(origin.asked).toBe(1);
  });

  it.each<[status: number, condition: string]>([
    [206, etag],
    [200, '"v0"'],
    [200, `W/${etag}`],
    [206, modified],
    [200, 'Thu, 02 Jan 2025 00:00:00 GMT'],
  ])('is %i when If-Range is %s', async (status, condition) => {
    origin.answers({ 'cache-control': 'max-age=60', etag, 'last-modified': modified });
    const path = origin.fresh();
    await origin.get(path);
    expect((await origin.get(path, { range: 'bytes=0-1', 'if-range': condition })).status).toBe(status);
  });

  it('comes from the upstream when nothing is stored, and is not stored', async () => {
    origin.answers({ 'cache-control': 'max-age=60', 'content-range': 'bytes 0-1/5' }, 'he', 206);
    const path = origin.fresh();
    const reply = await origin.get(path, { range: 'bytes=0-1' });
    expect([reply.status, cacheResult(reply), origin.last.headers.range]).toEqual([206, 'miss', 'bytes=0-1']);
    origin.answers({ 'cache-control': 'max-age=60' });
    expect((await origin.get(path)).text).toBe('hello');
  });
});
