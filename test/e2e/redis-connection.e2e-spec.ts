import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeRedis, connectRedis, type RedisConnection, type RedisSettings } from '@app/redis';
import { eventually } from '../helpers/eventually.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';

const settings: Omit<RedisSettings, 'url'> = {
  keyPrefix: 'test:',
  connectTimeoutMs: 1_000,
  commandTimeoutMs: 200,
  caFile: null,
  serverName: null,
};

describe('a connection to Redis', () => {
  let server: RedisServer;
  let redis: RedisConnection;

  beforeAll(async () => {
    server = await startRedis();
    redis = connectRedis({ ...settings, url: server.url });
    redis.on('error', () => undefined);
    await eventually('the connection', () => redis.status === 'ready');
  });

  afterAll(async () => {
    await closeRedis(redis);
    await server.dispose();
  });

  it('puts the prefix before every key', async () => {
    await redis.set('a', '1', 'PX', 60_000);
    const bare = connectRedis({ ...settings, keyPrefix: '', url: server.url });
    await eventually('the other connection', () => bare.status === 'ready');
    expect(await bare.get('test:a')).toBe('1');
    await closeRedis(bare);
  });

  it('fails a command in time while Redis does not answer, and works when it does again', async () => {
    await server.pause();
    await expect(redis.get('a')).rejects.toThrow('Command timed out');
    await server.resume();
    await expect(redis.set('a', '2', 'PX', 60_000)).resolves.toBe('OK');
  });

  it('fails commands at once while Redis is gone, and comes back by itself', async () => {
    await server.stop();
    await eventually('the loss', () => redis.status !== 'ready');
    await expect(redis.get('a')).rejects.toThrow();
    await server.start();
    await eventually('the new connection', () => redis.status === 'ready');
    expect(await redis.get('a')).toBeNull();
  });

  it('ends without waiting for a Redis that does not answer', async () => {
    const stuck = connectRedis({ ...settings, url: server.url });
    stuck.on('error', () => undefined);
    await eventually('the connection', () => stuck.status === 'ready');
    await server.pause();
    await closeRedis(stuck);
    await server.resume();
    await eventually('the end', () => stuck.status === 'end');
    expect(stuck.status).toBe('end');
  });
});
