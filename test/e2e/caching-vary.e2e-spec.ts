import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';

let origin: CachedOrigin;

beforeAll(async () => {
  const upstream = 'u';
  origin = await CachedOrigin.start(
    {},
    {
      routes: [
        { id: 'c', match: { path: '/c/*' }, upstream, cache: {} },
        { id: 'by', match: { path: '/by/*' }, upstream, cache: { varyBy: ['x-market'] } },
        {
          id: 'set',
          match: { path: '/set/*' },
          upstream,
          cache: {},
          headers: { request: { set: { 'accept-encoding': 'identity' } } },
        },
        {
          id: 'query',
          match: { path: '/query/*' },
          upstream,
          cache: { query: { ignore: ['utm_source'], sort: true } },
        },
      ],
    },
  );
});

afterAll(() => origin.close());

/** Varies, and says by what. */
function varies(name: string, vary = name): void {
  origin.handler = (request, response) => {
    response.writeHead(200, { 'cache-control': 'max-age=60', vary }).end(String(request.headers[name]));
  };
}

describe('a response that varies', () => {
  it('is given to requests that say the same, and one is kept for each', async () => {
    varies('accept-language');
    const path = origin.fresh();
    for (const language of ['de', 'en', 'de', 'en']) {
      expect((await origin.get(path, { 'accept-language': language })).text).toBe(language);
    }
    expect(origin.asked).toBe(2);
    expect((await origin.get(path)).text).toBe('undefined');
    expect(origin.asked).toBe(3);
  });

  it.each([
    ['accept-encoding', 'gzip, br', 'br,  GZIP'],
    ['accept-language', 'de, en;q=0.5', 'DE,en; q=0.5'],
    ['x-anything', ' a ', 'a'],
  ])('does not differ by how a field is written: %s', async (name, one, other) => {
    varies(name);
    const path = origin.fresh();
    await origin.get(path, { [name]: one });
    expect(cacheResult(await origin.get(path, { [name]: other }))).toBe('hit');
  });

  it.each([
    ['accept-language', 'de, en', 'en, de'],
    ['x-anything', 'a', 'A'],
    ['accept-encoding', 'gzip', 'gzip, br'],
  ])('differs by what a field says: %s', async (name, one, other) => {
    varies(name);
    const path = origin.fresh();
    await origin.get(path, { [name]: one });
    expect(cacheResult(await origin.get(path, { [name]: other }))).toBe('miss');
  });

  it('does not run two fields into one another', async () => {
    varies('x-a', 'X-A, X-B');
    const path = origin.fresh();
    await origin.get(path, { 'x-a': '1', 'x-b': '2' });
    await origin.get(path, { 'x-a': '13:x-b1:2' });
    await origin.get(path, { 'x-a': '1, 2' });
    expect(origin.asked).toBe(3);
  });

  it.each(['*', 'accept, *', 'x-user-id', 'x-forwarded-for', 'a b', '\u{fc}'])(
    'is not stored when it varies by what nobody can compare: %s',
    async (vary) => {
      origin.answers({ 'cache-control': 'max-age=60', vary });
      const path = origin.fresh();
      await origin.get(path);
      expect(cacheResult(await origin.get(path))).toBe('miss');
    },
  );

  it.each(['host', 'x-forwarded-proto, x-forwarded-host'])(
    'is stored when the key tells it apart: %s',
    async (vary) => {
      origin.answers({ 'cache-control': 'max-age=60', vary });
      const path = origin.fresh();
      await origin.get(path);
      expect(cacheResult(await origin.get(path))).toBe('hit');
    },
  );

  it('does not vary by a field that the route sets', async () => {
    varies('accept-encoding');
    origin.fresh();
    expect((await origin.get('/set/a', { 'accept-encoding': 'gzip' })).text).toBe('identity');
    expect(cacheResult(await origin.get('/set/a', { 'accept-encoding': 'br' }))).toBe('hit');
  });

  it('goes when most others of its kind are newer', async () => {
    varies('x-a');
    const path = origin.fresh();
    for (let i = 0; i < 40; i++) await origin.get(path, { 'x-a': String(i) });
    expect(cacheResult(await origin.get(path, { 'x-a': '39' }))).toBe('hit');
    expect(cacheResult(await origin.get(path, { 'x-a': '0' }))).toBe('miss');
  });
});

describe('a route', () => {
  it('may tell responses apart by fields that they do not name', async () => {
    origin.handler = (request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(String(request.headers['x-market']));
    for (const market of ['de', 'us', 'de', 'us']) {
      expect((await origin.get('/by/a', { 'x-market': market })).text).toBe(market);
    }
  });

  it('may leave parameters out of account, and their order', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    origin.fresh();
    await origin.get('/query/a?b=1&a=2&utm_source=x&a=1');
    expect(cacheResult(await origin.get('/query/a?utm_source=y&a=2&a=1&b=1'))).toBe('hit');
    expect(cacheResult(await origin.get('/query/a?a=1&a=2&b=1'))).toBe('miss');
    expect(cacheResult(await origin.get('/query/a'))).toBe('miss');
  });

  it('takes queries as they come otherwise', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    const path = origin.fresh();
    for (const query of ['', '?a=1&b=2', '?b=2&a=1', '?A=1&b=2', '?a=%31&b=2']) await origin.get(path + query);
    expect(origin.asked).toBe(5);
  });
});
