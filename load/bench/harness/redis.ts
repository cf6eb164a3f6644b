import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisConnection } from '../../../libs/redis/src/core/connect-redis.ts';
import { findProgram } from '../../peers/peers/peer.ts';
import { freePort } from '../../peers/processes/port.ts';
import { built } from './built.ts';

type RedisModule = typeof import('../../../libs/redis/src/core/connect-redis.ts');

const START_MS_MAX = 5_000;

/** A Redis of this process's own, and the gateway's connection to it. */
export interface BenchRedis {
  redis: RedisConnection;
  readonly close: () => Promise<void>;
}

/** Starts the machine's `redis-server`. It does not outlive this process. */
export async function startRedis(): Promise<BenchRedis> {
  const program = findProgram('redis-server');
  if (program === null) throw new Error('no redis-server here: `make setup` installs it');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const port = await freePort();
  const options = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'no' };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(program, args, { stdio: 'ignore' });
  const end = (): void => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', end);
  const { connectRedis, closeRedis } = await built<RedisModule>('libs/redis/src/core/connect-redis.ts');
  const redis = connectRedis({
    url: `redis://127.0.0.1:${port}`,
    keyPrefix: 'bench:',
    connectTimeoutMs: 1_000,
    commandTimeoutMs: 1_000,
    caFile: null,
    serverName: null,
  });
  await ready(redis);
  return {
    redis,
    async close() {
      await closeRedis(redis);
      process.off('exit', end);
      const gone = once(server, 'exit');
      end();
      await gone;
    },
  };
}

/** The connection tries again until the server listens. */
function ready(redis: RedisConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('redis-server did not answer')), START_MS_MAX);
    redis.on('error', () => undefined);
    redis.once('ready', () => {
      clearTimeout(late);
      resolve();
    });
  });
}
