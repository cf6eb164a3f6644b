import { createCache, type Cache } from 'cache-manager';
import { CACHE_MANAGER } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TwoTierCacheModule, twoTierStores, type TwoTierOptions } from '@app/cache';
import { closeRedis, connectRedis, type RedisConnection } from '@app/redis';
import { eventually } from '../helpers/eventually.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';

let server: RedisServer;
let redis: RedisConnection;
let one: Cache;
let two: Cache;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({
    url: server.url,
    keyPrefix: 'app:',
    connectTimeoutMs: 1_000,
    commandTimeoutMs: 500,
    caFile: null,
    serverName: null,
  });
  redis.on('error', () => undefined);
  await eventually('the connection', () => redis.status === 'ready');
});

afterAll(async () => {
  await closeRedis(redis);
  await server.dispose();
});

beforeEach(() => {
  const options: TwoTierOptions = { redis, bytesMax: 10_000, ttlMs: 60_000, timeoutMs: 250 };
  one = createCache({ stores: twoTierStores(options) });
  two = createCache({ stores: twoTierStores(options) });
});

afterEach(async () => {
  await one.disconnect();
  await two.disconnect();
});

describe('a cache of two tiers', () => {
  it('gives in one process what another has stored', async () => {
    await one.set('a', { list: [1, '\u{e9}', null] });
    expect(await two.get('a')).toEqual({ list: [1, '\u{e9}', null] });
    expect(await redis.pttl('cached:a')).toBeGreaterThan(50_000);
    await one.del('a');
    expect(await two.get('a')).toBeUndefined();
  });

  it('answers from memory first, which others cannot change', async () => {
    const value = { count: 1 };
    await one.set('b', value);
    value.count = 2;
    await redis.del('cached:b');
    expect(await one.get('b')).toEqual({ count: 1 });
  });

  it('goes on without Redis while that hangs, and with it afterwards', async () => {
    await server.pause();
    expect(await one.get('c')).toBeUndefined();
    await one.set('c', 1);
    expect(await one.get('c')).toBe(1);
    await server.resume();
    for (let i = 0; i < 400 && (await two.get('d')) !== 1; i++) {
      await one.set('d', 1);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await two.get('d')).toBe(1);
  });

  it('clears what is its own, and never Redis', async () => {
    await redis.set('foreign', '1', 'PX', 60_000);
    await one.set('e', 1);
    await one.clear();
    expect(await redis.get('foreign')).toBe('1');
  });

  it('is injected into a Nest application', async () => {
    const module = await Test.createTestingModule({
      imports: [TwoTierCacheModule.forRootAsync({ useFactory: () => ({ redis, bytesMax: 10_000, ttlMs: 60_000 }) })],
    }).compile();
    const cache = module.get<Cache>(CACHE_MANAGER);
    await cache.set('f', 'g');
    expect([await cache.get('f'), cache.stores.length]).toEqual(['g', 2]);
    await module.close();
    expect(redis.status).toBe('ready');
  });
});
