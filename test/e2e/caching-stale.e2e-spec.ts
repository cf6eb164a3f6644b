import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';
import { eventually, pass } from '../helpers/eventually.js';

let origin: CachedOrigin;

beforeAll(async () => {
  const upstream = 'u';
  origin = await CachedOrigin.start(
    {},
    {
      routes: [
        { id: 'c', match: { path: '/c/*' }, upstream, cache: {} },
        {
          id: 'lax',
          match: { path: '/lax/*' },
          upstream,
          cache: { staleWhileRevalidateMs: 60_000, staleIfErrorMs: 60_000 },
        },
      ],
    },
  );
});

afterAll(() => origin.close());

/** A response that went stale ten seconds ago, and is fetched anew each time. */
function stale(control: string, more: Record<string, string> = {}): void {
  const versions = new Map<string, number>();
  origin.handler = ({ url = '' }, response) => {
    const version = (versions.get(url) ?? 0) + 1;
    versions.set(url, version);
    response
      .writeHead(200, { 'cache-control': control, age: '70', etag: `"${version}"`, ...more })
      .end(`body ${version}`);
  };
}

const fails = (status: number): void => origin.answers({}, 'sorry', status);

describe('a stale response', () => {
  it('is used at once while one request in the background fetches a new one', async () => {
    stale('max-age=60, stale-while-revalidate=60');
    const path = origin.fresh();
    await origin.get(path);
    const { handler } = origin;
    let release = (): void => undefined;
    origin.handler = (request, response) => (release = () => handler(request, response));
    const replies = await Promise.all([origin.get(path), origin.get(path), origin.get(path)]);
    expect(replies.map(({ text }) => text)).toEqual(['body 1', 'body 1', 'body 1']);
    expect(replies[0].field('cache-status')).toMatch(/^sluice; hit; ttl=-1\d$/);
    await eventually('the request in the background', () => origin.asked === 2);
    expect(origin.last.headers['if-none-match']).toBe('"1"');
    origin.handler = handler;
    release();
    let text = '';
    for (let i = 0; i < 100 && text !== 'body 2'; i++) {
      await pass(10);
      text = (await origin.get(path)).text;
    }
    expect(text).toBe('body 2');
  });

  it('stays in use when the request in the background fails', async () => {
    stale('max-age=60, stale-while-revalidate=60');
    const path = origin.fresh();
    await origin.get(path);
    fails(500);
    await origin.get(path);
    await eventually('the request in the background', () => origin.asked === 2);
    await pass(30);
    expect((await origin.get(path)).text).toBe('body 1');
  });

  it('is not used beyond its time', async () => {
    stale('max-age=60, stale-while-revalidate=5');
    const path = origin.fresh();
    await origin.get(path);
    expect((await origin.get(path)).text).toBe('body 2');
  });

  it.each([500, 502, 503, 504])('stands in for a failure of the upstream: %i', async (status) => {
    stale('max-age=60, stale-if-error=60');
    const path = origin.fresh();
    await origin.get(path);
    fails(status);
    const reply = await origin.get(path);
    expect([reply.status, reply.text]).toEqual([200, 'body 1']);
    expect(reply.field('cache-status')).toBe(`sluice; fwd=stale; fwd-status=${status}`);
  });

  it('stands in for an upstream that cannot be reached', async () => {
    stale('max-age=60, stale-if-error=60');
    const path = origin.fresh();
    await origin.get(path);
    origin.handler = (request) => request.socket.destroy();
    const replies = await Promise.all([origin.get(path), origin.get(path)]);
    expect(replies.map(({ text }) => text)).toEqual(['body 1', 'body 1']);
    expect(replies[0].field('cache-status')).toBe('sluice; fwd=stale');
  });

  it.each([
    ['nothing lets it', 'max-age=60'],
    ['its time is over', 'max-age=60, stale-if-error=5'],
    ['it must be validated', 'max-age=60, stale-if-error=60, must-revalidate'],
    ['shared caches must validate it', 'max-age=60, stale-if-error=60, proxy-revalidate'],
    ['it always must be', 'no-cache, max-age=60, stale-if-error=60'],
  ])('does not stand in when %s', async (_, control) => {
    stale(control);
    const path = origin.fresh();
    await origin.get(path);
    fails(503);
    expect((await origin.get(path)).status).toBe(503);
  });

  it('stands in for nothing that is no failure', async () => {
    stale('max-age=60, stale-if-error=60');
    const path = origin.fresh();
    await origin.get(path);
    fails(404);
    expect((await origin.get(path)).status).toBe(404);
  });

  it('is used for both where the route says so and the response says nothing', async () => {
    stale('max-age=60');
    origin.fresh();
    await origin.get('/lax/a');
    expect((await origin.get('/lax/a')).text).toBe('body 1');
    stale('max-age=60, must-revalidate');
    await origin.get('/lax/b');
    expect((await origin.get('/lax/b')).text).toBe('body 2');
  });

  it.each<[result: string, control: string, asked: string]>([
    ['hit', 'max-age=60', 'max-stale'],
    ['hit', 'max-age=60', 'max-stale=20'],
    ['stale', 'max-age=60', 'max-stale=5'],
    ['stale', 'max-age=60, must-revalidate', 'max-stale'],
    ['stale', 'max-age=60, proxy-revalidate', 'max-stale'],
    ['stale', 's-maxage=60', 'max-stale'],
  ])('is a %s for a client that takes it, when it says %s and the client %s', async (result, control, asked) => {
    stale(control);
    const path = origin.fresh();
    await origin.get(path);
    expect(cacheResult(await origin.get(path, { 'cache-control': asked }))).toBe(result);
  });
});
