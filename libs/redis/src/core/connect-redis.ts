import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { parseRedisAddress, type RedisAddress } from './redis-address.js';

/** A connection to Redis, whatever stands behind it. */
export type RedisConnection = Redis | Cluster;

export interface RedisSettings {
  /** See parseRedisAddress(). */
  readonly url: string;
  /** Put before every key. Default: nothing. */
  readonly keyPrefix?: string;
  /** Time to connect, TLS included, in milliseconds. Default 2,000. */
  readonly connectTimeoutMs?: number;
  /**
   * Time after which a command has failed, in milliseconds. A write that failed so may still be carried out.
   * Default 500.
   */
  readonly commandTimeoutMs?: number;
  /** PEM file with the authorities to trust; null, the default, trusts the system's. */
  readonly caFile?: string | null;
  /** Name for SNI and verification; null, the default, takes the host. */
  readonly serverName?: string | null;
}

/** Longest pause between two attempts to connect, in milliseconds: how long a Redis that is back may go unnoticed. */
const RECONNECT_MS_MAX = 500;

/**
 * Connects in the background and reconnects for ever. Commands fail at once while there is no connection, instead of
 * waiting for one: whoever asks decides what to do without. Listen to `error`, or ioredis writes to the console.
 */
export function connectRedis(settings: RedisSettings): RedisConnection {
  const { url, keyPrefix: prefix = '', connectTimeoutMs = 2_000, commandTimeoutMs = 500 } = settings;
  const address = parseRedisAddress(url);
  const options: RedisOptions = {
    ...credentials(address),
    keyPrefix: prefix,
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    enableOfflineQueue: false,
    // What is asked for in one turn of the loop goes out in one write: half the time of each command under load.
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // A connection that is being closed is not waited for.
    disconnectTimeout: 100,
    retryStrategy: backOff,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(address.tls ? { tls: tlsOptions(settings, address) } : {}),
  };
  const [first] = address.nodes;
  switch (address.kind) {
    case 'single':
      return new Redis({ ...options, host: first.host, port: first.port, db: address.db });
    case 'sentinel':
      return new Redis({
        ...options,
        db: address.db,
        name: address.master ?? undefined,
        sentinels: [...address.nodes],
        sentinelRetryStrategy: backOff,
        ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: options.tls } : {}),
      });
    case 'cluster': {
      // The prefix belongs to the cluster itself; a retry or a prefix of its nodes would be applied twice.
      const { keyPrefix, retryStrategy: _, enableAutoPipelining, ...redisOptions } = options;
      return new Cluster([...address.nodes], {
        redisOptions,
        keyPrefix,
        enableAutoPipelining,
        enableOfflineQueue: false,
        clusterRetryStrategy: backOff,
        slotsRefreshTimeout: connectTimeoutMs,
      });
    }
  }
}

/** Ends a connection: waits for what is under way for a moment, then breaks off. Never rejects. */
export async function closeRedis(redis: RedisConnection): Promise<void> {
  try {
    if (redis.status === 'ready') await redis.quit();
  } catch {
    // It went away by itself.
  } finally {
    redis.disconnect();
  }
}

function credentials({ username, password }: RedisAddress): RedisOptions {
  return { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }) };
}

function tlsOptions({ caFile = null, serverName = null }: RedisSettings, { nodes }: RedisAddress): ConnectionOptions {
  const name = serverName ?? nodes[0].host;
  return {
    ...(caFile === null ? {} : { ca: readFileSync(caFile, 'utf8') }),
    // RFC 6066 section 3: an address is no name to ask for.
    ...(isIP(name) > 0 || (serverName === null && nodes.length > 1) ? {} : { servername: name }),
  };
}

function backOff(times: number): number {
  return Math.min(times * 50, RECONNECT_MS_MAX);
}
