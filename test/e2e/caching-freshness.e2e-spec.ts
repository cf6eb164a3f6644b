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
        { id: 'ttl', match: { path: '/ttl/*' }, upstream, cache: { ttlMs: 60_000 } },
        { id: 'guess', match: { path: '/guess/*' }, upstream, cache: { heuristicPercent: 10 } },
        { id: 'cookies', match: { path: '/cookies/*' }, upstream, cache: { dropSetCookie: true } },
        { id: 'strict', match: { path: '/strict/*' }, upstream, cache: { obeyClient: false } },
        { id: 'off', match: { path: '/off/*' }, upstream, cache: { enabled: false } },
        { id: 'none', match: { path: '/none/*' }, upstream },
      ],
    },
  );
});

afterAll(() => origin.close());

describe('a response that may be stored', () => {
  it('is fetched once, and has an age and a Cache-Status from then on', async () => {
    origin.answers({ 'cache-control': 'max-age=60', 'x-mine': 'kept' });
    const path = origin.fresh();
    const first = await origin.get(path);
    expect([first.text, first.field('cache-status')]).toEqual(['hello', 'sluice; fwd=miss; stored']);
    const second = await origin.get(path);
    expect([second.status, second.text, second.field('x-mine')]).toEqual([200, 'hello', 'kept']);
    expect(second.field('cache-status')).toMatch(/^sluice; hit; ttl=(?:5[5-9]|60)$/);
    expect(second.field('age')).toMatch(/^[0-4]$/);
    expect(second.field('content-length')).toBe('5');
    expect(origin.asked).toBe(1);
  });

  it('counts the age that it came with, and keeps what caches before have said', async () => {
    origin.answers({ 'cache-control': 'max-age=60', age: '50', 'cache-status': 'inner; hit' });
    const path = origin.fresh();
    await origin.get(path);
    const reply = await origin.get(path);
    expect(Number(reply.field('age'))).toBeGreaterThanOrEqual(50);
    expect(reply.all('cache-status')).toEqual(['inner; hit', expect.stringMatching(/^sluice; hit; ttl=(?:[5-9]|10)$/)]);
  });

  it('may be an error, a redirect, and without a body', async () => {
    for (const [status, body] of [
      [404, 'no'],
      [301, ''],
      [204, ''],
    ] as const) {
      origin.answers({ 'cache-control': 'max-age=60', location: '/x' }, body, status);
      const path = origin.fresh();
      await origin.get(path);
      const reply = await origin.get(path);
      expect([reply.status, reply.text, cacheResult(reply)]).toEqual([status, body, 'hit']);
    }
  });
});

describe('whether a response is stored', () => {
  const now = Date.now();
  const date = (offsetS: number): string => new Date(now + offsetS * 1000).toUTCString();

  it.each<[result: string, headers: Record<string, string | string[]>, status?: number]>([
    ['hit', { 'cache-control': 'max-age=60' }],
    ['hit', { 'cache-control': 's-maxage=60, max-age=0' }],
    ['hit', { 'cache-control': 'MAX-AGE=60' }],
    ['hit', { 'cache-control': 'max-age="60"' }],
    ['hit', { 'cache-control': ['max-age=60', 'public'] }],
    ['hit', { expires: date(60), date: date(0) }],
    ['hit', { expires: date(60) }],
    ['hit', { 'cache-control': 'must-understand, no-store, max-age=60' }],
    ['hit', { 'cache-control': 'max-age=60, no-cache="x-secret"', 'x-secret': '1' }],
    ['miss', {}],
    ['miss', { 'last-modified': date(-100_000) }],
    ['miss', { 'cache-control': 'no-store, max-age=60' }],
    ['miss', { 'cache-control': 'private, max-age=60' }],
    ['miss', { 'cache-control': 'no-cache, max-age=60' }],
    ['miss', { 'cache-control': 's-maxage=0, max-age=60' }],
    ['miss', { 'cache-control': 'max-age=0' }],
    ['miss', { 'cache-control': 'max-age=60', age: '60' }],
    ['miss', { 'cache-control': 'max-age=60, max-age=0' }],
    ['miss', { expires: '0', 'last-modified': '' }],
    ['miss', { expires: date(-1), date: date(0) }],
    ['miss', { 'cache-control': 'max-age=0', expires: date(60) }],
    ['miss', { 'cache-control': 'max-age=60', 'set-cookie': 'a=b' }],
    ['miss', { 'cache-control': 'max-age=60', 'content-type': 'text/event-stream' }],
    ['miss', { 'cache-control': 'max-age=60', vary: '*' }],
    ['miss', { 'cache-control': 'max-age=60' }, 500],
    ['miss', { 'cache-control': 'max-age=60', 'content-range': 'bytes 0-4/9' }, 206],
  ])('gives a %s for %j', async (result, headers, status = 200) => {
    origin.answers(headers, 'hello', status);
    const path = origin.fresh();
    await origin.get(path);
    expect(cacheResult(await origin.get(path))).toBe(result);
    expect(origin.asked).toBe(result === 'hit' ? 1 : 2);
  });

  it.each([
    'max-age=abc',
    'max-age=-1',
    'max-age=1.5',
    'max-age=',
    'max-age',
    'max-age=60; public',
    'max-age=60 public',
    'max-age="60',
    '=60',
    '\u{ff}max-age=60',
    ', , ,',
    'max-age=60, "x"',
  ])('is decided against by a Cache-Control of garbage: %s', async (value) => {
    origin.answers({ 'cache-control': value });
    const path = origin.fresh();
    await origin.get(path);
    expect(cacheResult(await origin.get(path))).toBe('miss');
  });

  it('is left open by unknown directives and by too large a number', async () => {
    origin.answers({ 'cache-control': 'immutable, x-mine="a, b", max-age=99999999999999999999' });
    const path = origin.fresh();
    await origin.get(path);
    expect((await origin.get(path)).field('cache-status')).toMatch(/ttl=21474836[34]\d$/);
  });

  it('does not keep the fields that no-cache and private name', async () => {
    origin.answers({
      'cache-control': 'max-age=60, private="x-a", no-cache="x-b"',
      'x-a': '1',
      'x-b': '2',
      'x-c': '3',
    });
    const path = origin.fresh();
    expect((await origin.get(path)).field('x-a')).toBe('1');
    const reply = await origin.get(path);
    expect(['x-a', 'x-b', 'x-c'].map((name) => reply.field(name))).toEqual([undefined, undefined, '3']);
  });
});

describe('what a route says', () => {
  it('gives a lifetime to responses that say nothing, and to no others', async () => {
    origin.answers({});
    origin.fresh();
    await origin.get('/ttl/a');
    expect((await origin.get('/ttl/a')).field('cache-status')).toMatch(/ttl=(?:5[5-9]|60)$/);
    origin.answers({ 'cache-control': 'no-store' });
    await origin.get('/ttl/b');
    expect(cacheResult(await origin.get('/ttl/b'))).toBe('miss');
    origin.answers({}, 'no', 404);
    await origin.get('/ttl/c');
    expect(cacheResult(await origin.get('/ttl/c'))).toBe('miss');
  });

  it('lets a lifetime be guessed', async () => {
    origin.answers({ 'last-modified': new Date(Date.now() - 1_000_000).toUTCString() });
    await origin.get('/guess/a');
    expect((await origin.get('/guess/a')).field('cache-status')).toMatch(/ttl=(?:9\d|100)$/);
  });

  it('stores a response without its cookies, where it says so', async () => {
    origin.answers({ 'cache-control': 'max-age=60', 'set-cookie': 'a=b' });
    expect((await origin.get('/cookies/a')).field('set-cookie')).toBe('a=b');
    const reply = await origin.get('/cookies/a');
    expect([cacheResult(reply), reply.field('set-cookie')]).toEqual(['hit', undefined]);
  });

  it.each(['/off/a', '/none/a'])('keeps the cache out of a route: %s', async (path) => {
    origin.answers({ 'cache-control': 'max-age=60' });
    origin.fresh();
    for (let i = 0; i < 2; i++) expect(cacheResult(await origin.get(path))).toBe('nothing');
    expect(origin.asked).toBe(2);
  });
});

describe('what a request says', () => {
  it.each<[result: string, control: string]>([
    ['hit', 'max-age=60'],
    ['hit', 'min-fresh=10'],
    ['hit', 'only-if-cached'],
    ['hit', 'no-transform'],
    ['hit', 'garbage;;'],
    ['request', 'no-cache'],
    ['request', 'max-age=0'],
    ['request', 'min-fresh=100'],
    ['bypass', 'no-store'],
  ])('is followed: %s for %s', async (result, control) => {
    origin.answers({ 'cache-control': 'max-age=60', date: new Date(Date.now() - 5_000).toUTCString() });
    const path = origin.fresh();
    await origin.get(path);
    expect(cacheResult(await origin.get(path, { 'cache-control': control }))).toBe(result);
    expect(cacheResult(await origin.get(path))).toBe('hit');
  });

  it('is followed in Pragma, where there is no Cache-Control', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    const path = origin.fresh();
    await origin.get(path);
    expect(cacheResult(await origin.get(path, { pragma: 'no-cache' }))).toBe('request');
    expect(cacheResult(await origin.get(path, { pragma: 'no-cache', 'cache-control': 'max-age=60' }))).toBe('hit');
  });

  it('is 504 when only a stored response would do and there is none', async () => {
    const reply = await origin.get(origin.fresh(), { 'cache-control': 'only-if-cached' });
    expect([reply.status, (reply.json as { code: string }).code]).toEqual([504, 'not-stored']);
    expect(origin.asked).toBe(0);
  });

  it('is passed over where the route does not obey', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    await origin.get('/strict/a');
    expect(cacheResult(await origin.get('/strict/a', { 'cache-control': 'no-cache' }))).toBe('hit');
  });
});
