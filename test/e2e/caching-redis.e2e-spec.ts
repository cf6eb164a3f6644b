import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ResponseStore } from '@app/cache';
import { closeRedis, connectRedis, type RedisConnection } from '@app/redis';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { ResponseCache } from '../../apps/gateway/src/caching/response-cache.js';
import { CachedOrigin, cacheResult } from '../helpers/cached-origin.js';
import { call, type Reply } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let server: RedisServer;
let redis: RedisConnection;
let origin: CachedOrigin;
let other: RunningGateway;

function config(upstreamUrl: string, redisUrl: string): ConfigObject {
  return {
    redis: { url: redisUrl },
    cache: { redis: { followMs: 20, timeoutMs: 250 } },
    upstreams: { u: { targets: [{ url: upstreamUrl }] } },
    routes: [{ id: 'c', match: { path: '/c/*' }, upstream: 'u', cache: {} }],
  };
}

async function startPair(): Promise<void> {
  const { redis: link, cache, routes } = config('', server.url);
  origin = await CachedOrigin.start({}, { redis: link, cache, routes });
  other = await startGateway(config(origin.upstream.url, server.url));
  await eventually('both connections', () => [origin.gateway, other].every(isShared));
}

const isShared = ({ gateway }: RunningGateway): boolean => gateway.app.get(ResponseCache).asksRemote;

/** Both gateways have one Host, so that they mean the same URI. */
const host = { host: 'shop.example' };
const here = (path: string, headers = {}): Promise<Reply> => origin.get(path, { ...host, ...headers });
const there = (path: string, headers = {}): Promise<Reply> =>
  call(other.url + path, { headers: { ...host, ...headers } });

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({
    url: server.url,
    keyPrefix: '',
    connectTimeoutMs: 1_000,
    commandTimeoutMs: 1_000,
    caFile: null,
    serverName: null,
  });
  redis.on('error', () => undefined);
  // It refuses commands until it is connected.
  await eventually('the connection of the test', () => redis.status === 'ready');
  await startPair();
});

afterAll(async () => {
  await other.close();
  await origin.close();
  await closeRedis(redis);
  await server.dispose();
});

/** Waits until a response has gone to Redis, which nobody waits for. */
async function inRedis(count = 1): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if ((await redis.keys('sluice:cache:*')).length >= count) return;
    await pass(10);
  }
  throw new Error(`no ${count} keys in Redis`);
}

/** Asks the other gateway until it no longer has what it had. */
async function goneThere(path: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if (cacheResult(await there(path, { 'cache-control': 'only-if-cached' })) !== 'hit') return;
    await pass(10);
  }
  throw new Error('the other gateway still has it');
}

function admin(body: unknown): Promise<Reply> {
  return call(`${origin.gateway.url}/admin/cache/purge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

const path = (): string => `/c/${randomBytes(6).toString('hex')}`;

describe('gateways of one Redis', () => {
  it('share what one of them has stored, byte for byte', async () => {
    const body = randomBytes(20_000);
    origin.handler = (_, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60', 'x-latin': 'caf\u{e9}', age: '5' }).end(body);
    const at = path();
    origin.fresh();
    await here(at);
    await inRedis();
    const reply = await there(at);
    expect([reply.body.equals(body), reply.field('x-latin'), cacheResult(reply)]).toEqual([true, 'caf\u{e9}', 'hit']);
    expect(Number(reply.field('age'))).toBeGreaterThanOrEqual(5);
    expect(cacheResult(await there(at))).toBe('hit');
    expect(origin.asked).toBe(1);
  });

  it('share variants', async () => {
    origin.handler = (request, response) =>
      response.writeHead(200, { 'cache-control': 'max-age=60', vary: 'x-a' }).end(String(request.headers['x-a']));
    const at = path();
    origin.fresh();
    await redis.flushall();
    for (const value of ['1', '2']) await here(at, { 'x-a': value });
    await inRedis(3);
    for (const value of ['1', '2']) expect((await there(at, { 'x-a': value })).text).toBe(value);
    expect(origin.asked).toBe(2);
    expect((await there(at, { 'x-a': '3' })).text).toBe('3');
  });

  it.each<[string, (at: string) => unknown]>([
    ['URL', (at) => ({ url: `http://shop.example${at}` })],
    ['route', () => ({ route: 'c' })],
    ['group', () => ({ group: 'g' })],
  ])('drop together what is purged by %s', async (_, what) => {
    origin.answers({ 'cache-control': 'max-age=60', 'cache-groups': '"g"' });
    const at = path();
    await redis.flushall();
    await here(at);
    await inRedis();
    expect(cacheResult(await there(at))).toBe('hit');
    expect((await admin(what(at))).json).toEqual({ entries: expect.any(Number), shared: true });
    expect(cacheResult(await here(at))).toBe('miss');
    await goneThere(at);
  });

  it('drop together what a client has changed', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    const at = path();
    await redis.flushall();
    await here(at);
    await inRedis();
    await there(at);
    await origin.get(at, host, 'POST');
    await goneThere(at);
    expect(cacheResult(await here(at))).toBe('miss');
  });

  it('give each key a time to live, and touch no key of others', async () => {
    await redis.set('foreign', '1');
    origin.answers({ 'cache-control': 'max-age=60', 'cache-groups': '"g"', vary: 'x-a' });
    const at = path();
    await here(at);
    await inRedis();
    await admin({ group: 'g' });
    await call(`${origin.gateway.url}/admin/cache`, { method: 'DELETE' });
    const keys = (await redis.keys('*')).filter((key) => key !== 'foreign');
    expect(keys.length).toBeGreaterThan(2);
    for (const key of keys) expect([key, await redis.pttl(key)]).toEqual([key, expect.any(Number)]);
    expect((await Promise.all(keys.map((key) => redis.pttl(key)))).every((ttl) => ttl > 0)).toBe(true);
    expect(await redis.get('foreign')).toBe('1');
  });

  it('believe nothing in Redis that they cannot have written', async () => {
    origin.answers({ 'cache-control': 'max-age=60' });
    const at = path();
    await redis.flushall();
    await here(at);
    await inRedis();
    const [key] = await redis.keys('sluice:cache:*');
    const evil = '"_function_evil|(()=>{globalThis.ranCodeOfRedis = true})()"';
    for (const value of [
      evil,
      `"{\\"value\\":\\"x\\"}","w":${evil}`,
      '{}',
      'null',
      '"{\\"value\\":\\"AAAA\\"}"',
      '\u{0}',
    ]) {
      await redis.set(key, value, 'PX', 60_000);
      other.gateway.app.get(ResponseStore).clear();
      const reply = await there(at);
      expect([value, reply.text, cacheResult(reply)]).toEqual([value, 'hello', 'miss']);
      // What is stored instead must not come after the next value.
      for (let looks = 0; looks < 500 && (await redis.get(key)) === value; looks++) await pass(10);
    }
    expect(Reflect.get(globalThis, 'ranCodeOfRedis')).toBeUndefined();
  });
});

describe('Redis that is in trouble', () => {
  beforeEach(() => origin.answers({ 'cache-control': 'max-age=60' }));

  it('stops, and nobody notices but the upstream; when it is back, it is used again', async () => {
    await here(path());
    await server.stop();
    await eventually('the loss', () => !isShared(origin.gateway));
    const at = path();
    expect((await here(at)).text).toBe('hello');
    expect((await there(at)).text).toBe('hello');
    await server.start();
    await eventually('the connections', () => [origin.gateway, other].every(isShared));
    const next = path();
    origin.fresh();
    await here(next);
    await inRedis();
    expect(cacheResult(await there(next))).toBe('hit');
    expect(origin.asked).toBe(1);
  });

  it('hangs in mid-traffic, and every request is answered meanwhile', async () => {
    await server.pause();
    const paths = Array.from({ length: 30 }, path);
    const replies = await Promise.all(paths.map((at) => here(at)));
    expect(replies.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect(cacheResult(await here(paths[0]))).toBe('hit');
    expect((await admin({ route: 'c' })).json).toMatchObject({ shared: false });
    await server.resume();
    await eventually('the connections', () => [origin.gateway, other].every(isShared));
    expect((await here(path())).status).toBe(200);
  });

  it('was away when something was purged: what it still has is not believed', async () => {
    const at = path();
    origin.fresh();
    await redis.flushall();
    await here(at);
    await inRedis();
    await server.pause();
    expect((await admin({ url: `http://shop.example${at}` })).json).toEqual({ entries: 1, shared: false });
    await server.resume();
    await eventually('the connection', () => isShared(origin.gateway));
    expect(cacheResult(await here(at))).toBe('miss');
    expect(origin.asked).toBe(2);
  });

  it('is full, and nobody notices', async () => {
    await redis.config('SET', 'maxmemory', '1');
    const at = path();
    const replies = [await here(at), await here(at), await there(at)];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies.map(cacheResult)).toEqual(['miss', 'hit', 'miss']);
    await redis.config('SET', 'maxmemory', '0');
  });
});
