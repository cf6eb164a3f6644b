import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';
import { call, type Reply } from '../helpers/call.js';

let origin: CachedOrigin;

beforeAll(async () => {
  const upstream = 'u';
  origin = await CachedOrigin.start(
    {},
    {
      routes: [
        { id: 'c', match: { path: '/c/*' }, upstream, cache: { query: { ignore: ['utm'] } } },
        { id: 'd', match: { path: '/d/*' }, upstream, cache: {} },
      ],
    },
  );
});

afterAll(() => origin.close());

beforeEach(() => origin.answers({ 'cache-control': 'max-age=60', 'cache-groups': '"news"' }));

async function stored(path: string): Promise<string> {
  await origin.get(path);
  expect(cacheResult(await origin.get(path))).toBe('hit');
  return path;
}

function admin(method: string, path: string, body?: unknown): Promise<Reply> {
  return call(`${origin.gateway.url}/admin/cache${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

describe('an operator', () => {
  it.each<[string, (path: string) => unknown]>([
    ['URL', (path) => ({ url: origin.gateway.url + path })],
    ['URL, with a parameter that does not count', (path) => ({ url: `${origin.gateway.url}${path}?utm=1` })],
    [
      'URL, written in another way',
      (path) => ({ url: `${origin.gateway.url}/c/./%63${path.slice(2)}`.replace('/%63', '') }),
    ],
    ['route', () => ({ route: 'c' })],
    ['group', () => ({ group: 'news' })],
    ['group of an origin', () => ({ group: 'news', origin: origin.gateway.url })],
  ])('drops what is stored by %s', async (_, body) => {
    const path = await stored(origin.fresh());
    const reply = await admin('POST', '/purge', body(path));
    expect([reply.status, reply.json]).toMatchObject([200, { shared: null }]);
    expect((reply.json as { entries: number }).entries).toBeGreaterThanOrEqual(1);
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });

  it('drops nothing else', async () => {
    const path = await stored('/d/1');
    for (const body of [{ url: `${origin.gateway.url}/d/2` }, { route: 'c' }, { group: 'old' }]) {
      await admin('POST', '/purge', body);
    }
    await admin('POST', '/purge', { group: 'news', origin: 'https://other.example' });
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });

  it('drops everything, and sees what is held', async () => {
    await stored(origin.fresh());
    const held = (await admin('GET', '')).json as { entries: number; bytes: number };
    expect(held).toMatchObject({ enabled: true, bytesMax: 67_108_864, redis: false });
    expect(held.bytes).toBeGreaterThan(500);
    expect((await admin('DELETE', '')).json).toEqual({ entries: held.entries, shared: null });
    expect((await admin('GET', '')).json).toMatchObject({ entries: 0, bytes: 0 });
  });

  it.each<[number, unknown]>([
    [400, {}],
    [400, { url: 'nonsense' }],
    [400, { url: 'ftp://a/b' }],
    [400, { url: 'http://a/%00' }],
    [400, { route: 'c', url: 'http://a/' }],
    [400, { group: 1 }],
    [400, []],
    [404, { route: 'unknown' }],
  ])('is told with %i of what cannot be: %j', async (status, body) => {
    const reply = await admin('POST', '/purge', body);
    expect([reply.status, reply.field('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('alone may: a stranger sees nothing there', async () => {
    const path = await stored(origin.fresh());
    const reply = await call(`${origin.gateway.url}/admin/cache`, {
      method: 'DELETE',
      headers: { 'x-forwarded-for': '192.0.2.1' },
    });
    expect(reply.status).toBe(404);
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });
});

describe('metrics', () => {
  it('count results by route, and tell what is held', async () => {
    const path = await stored(origin.fresh());
    await origin.get(path, { 'cache-control': 'no-store' });
    const { text } = await call(`${origin.gateway.url}/metrics`);
    for (const result of ['hit', 'miss', 'bypass']) {
      expect(text).toMatch(
        new RegExp(`^api_gateway_cache_requests_total\\{route="c",result="${result}"\\} [1-9]`, 'm'),
      );
    }
    expect(text).toMatch(/^api_gateway_cache_bytes [1-9]/m);
    expect(text).toMatch(/^api_gateway_cache_entries [1-9]/m);
  });
});
