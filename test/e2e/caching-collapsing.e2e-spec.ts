import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ResponseStore } from '@app/cache';
import { DataPlane } from '../../apps/gateway/src/pipeline/data-plane.js';
import { bytes, digest, digestOf } from '../helpers/byte-stream.js';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';
import { open, type Reply } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { RawConnection } from '../helpers/raw-connection.js';

const OBJECT_BYTES_MAX = 262_144;
let origin: CachedOrigin;
/** Requests that the upstream has and has not answered. */
let waiting: { request: IncomingMessage; response: ServerResponse }[];

beforeAll(async () => {
  const upstream = 'u';
  origin = await CachedOrigin.start(
    {},
    {
      cache: { objectBytesMax: OBJECT_BYTES_MAX },
      routes: [
        { id: 'c', match: { path: '/c/*' }, upstream, cache: {} },
        { id: 'short', match: { path: '/short/*' }, upstream, cache: {}, timeoutMs: 500 },
      ],
    },
  );
});

afterAll(() => origin.close());

beforeEach(async () => {
  await eventually('an idle gateway', () => origin.gateway.gateway.app.get(DataPlane).active === 0);
  waiting = [];
  origin.handler = (request, response) => waiting.push({ request, response });
});

/** Waits until the gateway has so many requests under way, and the upstream one of them. */
async function underWay(count: number): Promise<void> {
  const plane = origin.gateway.gateway.app.get(DataPlane);
  await eventually(`${count} requests under way`, () => plane.active === count && waiting.length > 0);
}

/** Asks so many times at once, and waits until the gateway has read all of it. */
async function crowd(path: string, count: number, headers = {}): Promise<Promise<Reply>[]> {
  const { active } = origin.gateway.gateway.app.get(DataPlane);
  const replies = Array.from({ length: count }, () => origin.get(path, headers));
  await underWay(active + count);
  return replies;
}

const cacheable = { 'cache-control': 'max-age=60' };

describe('many equal requests at once', () => {
  it('are one for the upstream', async () => {
    const replies = await crowd(origin.fresh(), 20);
    waiting[0].response.writeHead(200, cacheable).end('hello');
    const all = await Promise.all(replies);
    expect(all.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, () => 'hello'));
    expect(new Set(all.map((reply) => reply.field('cache-status')))).toEqual(
      new Set(['sluice; fwd=miss; stored', 'sluice; fwd=miss; collapsed']),
    );
    expect(origin.asked).toBe(1);
  });

  it('are one for the upstream also when the first client leaves', async () => {
    const path = origin.fresh();
    const first = open(origin.gateway.url + path);
    first.on('error', () => undefined).end();
    await eventually('a request upstream', () => waiting.length === 1);
    const replies = await crowd(path, 3);
    first.destroy();
    await underWay(3);
    waiting[0].response.writeHead(200, cacheable).end('hello');
    expect((await Promise.all(replies)).map(({ text }) => text)).toEqual(['hello', 'hello', 'hello']);
    expect(origin.asked).toBe(1);
  });

  it('get the response stored even when all clients leave', async () => {
    const path = origin.fresh();
    const first = open(origin.gateway.url + path);
    first.on('error', () => undefined).end();
    await eventually('a request upstream', () => waiting.length === 1);
    first.destroy();
    await underWay(0);
    waiting[0].response.writeHead(200, cacheable).end('hello');
    const memory = origin.gateway.gateway.app.get(ResponseStore);
    const { size } = memory;
    await eventually('the stored response', () => memory.size > size);
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });

  it('go on by themselves, all at once, when the response cannot be stored', async () => {
    const path = origin.fresh();
    const replies = await crowd(path, 5);
    expect(origin.asked).toBe(1);
    waiting[0].response.writeHead(200, { 'cache-control': 'private' }).flushHeaders();
    await eventually('the others', () => waiting.length === 5);
    waiting.forEach(({ response }, i) => response.end(`own ${i}`));
    expect(new Set((await Promise.all(replies)).map(({ text }) => text)).size).toBe(5);
    // And nobody waits for the next while.
    const next = [origin.get(path), origin.get(path)];
    await eventually('the next two', () => waiting.length === 7);
    waiting.slice(5).forEach(({ response }) => response.end('next'));
    expect((await Promise.all(next)).map(cacheResult)).toEqual(['miss', 'miss']);
  });

  it('do not wait when each has to ask by itself', async () => {
    const path = origin.fresh();
    const replies = await crowd(path, 3);
    waiting[0].response.writeHead(200, { 'cache-control': 'no-cache', etag: '"1"' }).end('a');
    await eventually('the others', () => waiting.length === 3);
    waiting
      .slice(1)
      .forEach(({ response }) => response.writeHead(200, { 'cache-control': 'no-cache', etag: '"1"' }).end('b'));
    await Promise.all(replies);
    const next = [origin.get(path), origin.get(path)];
    await eventually('the next two', () => waiting.length === 5);
    expect(waiting.slice(3).map(({ request }) => request.headers['if-none-match'])).toEqual(['"1"', '"1"']);
    waiting.slice(3).forEach(({ response }) => response.writeHead(304, { etag: '"1"' }).end());
    expect((await Promise.all(next)).map(({ text }) => text)).toEqual(['a', 'a']);
  });

  it('that turn out to select different responses are parted', async () => {
    const path = origin.fresh();
    const german = origin.get(path, { 'accept-language': 'de' });
    await eventually('a request upstream', () => waiting.length === 1);
    const english = origin.get(path, { 'accept-language': 'en' });
    await underWay(2);
    waiting[0].response.writeHead(200, { ...cacheable, vary: 'accept-language' }).end('de');
    await eventually('the other', () => waiting.length === 2);
    waiting[1].response.writeHead(200, { ...cacheable, vary: 'accept-language' }).end('en');
    expect([(await german).text, (await english).text]).toEqual(['de', 'en']);
  });

  it('are told together of a failure', async () => {
    const replies = await crowd(origin.fresh(), 3);
    waiting[0].response.destroy();
    // A connection that was new: once more, as for any request.
    await eventually('the second try', () => waiting.length === 2);
    waiting.slice(1).forEach(({ response }) => response.destroy());
    const all = await Promise.all(replies);
    expect(all.map(({ status }) => status)).toEqual([502, 502, 502]);
    expect(new Set(all.map(({ json }) => (json as { requestId: string }).requestId)).size).toBe(3);
    expect(all[0].field('content-type')).toBe('application/problem+json');
  });

  it('wait no longer than the first one may', async () => {
    origin.fresh();
    const replies = await crowd('/short/a', 3);
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([504, 504, 504]);
    expect(origin.asked).toBe(1);
  });

  it('see a response that breaks off break off, and it is not stored', async () => {
    const path = origin.fresh();
    const replies = (await crowd(path, 2)).map((reply) => reply.then(() => 'whole').catch(() => 'cut'));
    waiting[0].response.writeHead(200, { ...cacheable, 'content-length': '10' }).write('half');
    await pass(30);
    waiting[0].response.destroy();
    expect(await Promise.all(replies)).toEqual(['cut', 'cut']);
    origin.answers(cacheable);
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });
});

describe('a body', () => {
  it('is passed on as it comes, to everybody', async () => {
    const path = origin.fresh();
    const messages = [open(origin.gateway.url + path), open(origin.gateway.url + path)].map(async (request) => {
      request.end();
      const [message] = (await once(request, 'response')) as [IncomingMessage];
      return message;
    });
    await underWay(2);
    const { response } = waiting[0];
    response.writeHead(200, cacheable).write('first ');
    const [one, two] = await Promise.all(messages);
    const texts = [one, two].map((message) => {
      let text = '';
      message.on('data', (chunk: Buffer) => (text += chunk.toString()));
      return () => text;
    });
    await eventually('the first part', () => texts.every((text) => text() === 'first '));
    response.end('last');
    await eventually('the last part', () => texts.every((text) => text() === 'first last'));
    expect((await origin.get(path)).text).toBe('first last');
  });

  it('does not wait for a first client that does not read', async () => {
    const size = OBJECT_BYTES_MAX;
    const path = origin.fresh();
    const slow = await RawConnection.open(origin.gateway.port);
    slow.socket.pause();
    slow.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${origin.gateway.port}\r\n\r\n`);
    await eventually('a request upstream', () => waiting.length === 1);
    const quick = origin.get(path);
    await underWay(2);
    const { response } = waiting[0];
    response.writeHead(200, cacheable);
    for (const piece of bytes(size)) response.write(piece);
    response.end();
    const reply = await quick;
    expect(cacheResult(reply)).toBe('miss');
    async function* body(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(reply.body);
    }
    expect(await digest(body())).toEqual(digestOf(size));
    expect(origin.asked).toBe(1);
    slow.destroy();
  });

  it('that is too large is no longer stored, and passes whole', async () => {
    const size = OBJECT_BYTES_MAX * 4;
    const path = origin.fresh();
    origin.handler = (_, response) => {
      response.writeHead(200, cacheable);
      for (const piece of bytes(size)) response.write(piece);
      response.end();
    };
    const all = await Promise.all([origin.get(path), origin.get(path), origin.get(path)]);
    expect(all.map(({ body }) => body.length)).toEqual([size, size, size]);
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });

  it('that says that it is too large is waited for by nobody', async () => {
    const replies = await crowd(origin.fresh(), 2);
    waiting[0].response.writeHead(200, { ...cacheable, 'content-length': String(OBJECT_BYTES_MAX + 1) }).flushHeaders();
    await eventually('the other', () => waiting.length === 2);
    waiting[1].response.writeHead(200, cacheable).end('small');
    waiting[0].response.end(Buffer.alloc(OBJECT_BYTES_MAX + 1));
    expect((await Promise.all(replies)).map(({ body }) => body.length)).toEqual(
      expect.arrayContaining([OBJECT_BYTES_MAX + 1, 5]),
    );
  });

  it('that cannot be stored slows the upstream down to its client, and frees it when that leaves', async () => {
    const path = origin.fresh();
    const slow = await RawConnection.open(origin.gateway.port);
    slow.socket.pause();
    slow.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${origin.gateway.port}\r\n\r\n`);
    await eventually('a request upstream', () => waiting.length === 1);
    const { response } = waiting[0];
    response.writeHead(200, { 'cache-control': 'no-store' });
    let gone = false;
    response.on('close', () => (gone = true));
    const piece = Buffer.alloc(65_536);
    let written = 0;
    let stalled = false;
    while (!stalled && written < 64 * 1_048_576) {
      written += piece.length;
      if (!response.write(piece))
        stalled = await Promise.race([once(response, 'drain').then(() => false), pass(200).then(() => true)]);
    }
    expect(stalled).toBe(true);
    slow.destroy();
    await eventually('the end of the exchange', () => gone);
  });
});
