import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeRedis, connectRedis, type RedisConnection, type RedisSettings } from '@app/redis';
import { CertificateAuthority } from '../helpers/certificate-authority.js';
import { eventually } from '../helpers/eventually.js';
import { freePort, LocalRedis } from '../helpers/local-redis.js';

describe('Redis is reached', () => {
  let folder: string;
  let servers: LocalRedis[];
  let redis: RedisConnection | null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-redis-'));
    servers = [];
    redis = null;
  });

  afterEach(async () => {
    if (redis !== null) await closeRedis(redis);
    for (const server of servers) await server.dispose();
    rmSync(folder, { recursive: true });
  });

  async function serve(...args: string[]): Promise<number> {
    const port = await freePort();
    const server = new LocalRedis(port, args);
    servers.push(server);
    await server.start();
    return port;
  }

  /** Connects, and proves that something can be kept there. */
  async function connect(url: string, more: Partial<RedisSettings> = {}): Promise<void> {
    const connection = connectRedis({
      keyPrefix: 'test:',
      connectTimeoutMs: 2_000,
      commandTimeoutMs: 1_000,
      caFile: null,
      serverName: null,
      ...more,
      url,
    });
    redis = connection;
    connection.on('error', () => undefined);
    await eventually('the connection', () => connection.status === 'ready', 10_000);
    expect(await connection.set('a', '1', 'PX', 60_000)).toBe('OK');
    expect(await connection.get('a')).toBe('1');
  }

  function file(name: string, text: string): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  }

  describe('over TLS', () => {
    const authority = new CertificateAuthority('Redis authority');
    let url: string;
    let caFile: string;

    beforeEach(async () => {
      const { cert, key } = authority.issue('redis.test');
      caFile = file('ca.pem', authority.cert);
      const files = ['--tls-cert-file', file('cert.pem', cert), '--tls-key-file', file('key.pem', key)];
      const port = await freePort();
      await serve('--tls-port', String(port), ...files, '--tls-ca-cert-file', caFile, '--tls-auth-clients', 'no');
      url = `rediss://127.0.0.1:${port}`;
    });

    it('when its certificate is from a trusted authority, for the name that is asked for', async () => {
      await connect(url, { caFile, serverName: 'redis.test' });
    });

    it.each([
      ['the name is another', { serverName: 'other.test' }],
      ['the authority is not trusted', { serverName: 'redis.test', caFile: null }],
    ])('and not when %s', async (_, settings) => {
      const reasons: string[] = [];
      const connection = connectRedis({
        keyPrefix: '',
        connectTimeoutMs: 2_000,
        commandTimeoutMs: 1_000,
        caFile,
        ...settings,
        url,
      });
      redis = connection;
      connection.on('error', (error: Error) => reasons.push(error.message));
      await eventually('the refusal', () => reasons.length > 0);
      expect(reasons[0]).toMatch(/certificate|altnames/i);
      expect(connection.status).not.toBe('ready');
    });
  });

  it('as a user of its own, who may do what is granted', async () => {
    const port = await serve('--user', 'app', 'on', '>p@ss', '~test:*', '+@all');
    await connect(`redis://app:p%40ss@127.0.0.1:${port}`);
    const beyond = connectRedis({
      url: `redis://app:p%40ss@127.0.0.1:${port}`,
      keyPrefix: 'other:',
      connectTimeoutMs: 1_000,
      commandTimeoutMs: 1_000,
      caFile: null,
      serverName: null,
    });
    await eventually('the other connection', () => beyond.status === 'ready');
    await expect(beyond.get('a')).rejects.toThrow('NOPERM');
    await closeRedis(beyond);
  });

  it('through sentinels, which know the master', async () => {
    const master = await serve();
    const sentinelPort = await freePort();
    const config = file('sentinel.conf', `sentinel monitor main 127.0.0.1 ${master} 1\n`);
    const sentinel = new LocalRedis(sentinelPort, [], [config, '--sentinel']);
    servers.push(sentinel);
    await sentinel.start();
    await connect(`redis+sentinel://127.0.0.1:${sentinelPort}/main`);
  });

  it('as a cluster', async () => {
    const port = await serve('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1');
    const node = connectRedis({
      url: `redis://127.0.0.1:${port}`,
      keyPrefix: '',
      connectTimeoutMs: 1_000,
      commandTimeoutMs: 1_000,
      caFile: null,
      serverName: null,
    });
    await eventually('the node', () => node.status === 'ready');
    await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await closeRedis(node);
    await connect(`redis+cluster://127.0.0.1:${port}`);
  });
});
