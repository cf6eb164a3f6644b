import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ThrottlerGuard } from '@nestjs/throttler';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  Charge,
  KeyHash,
  keyText,
  Limit,
  MemoryStore,
  RateLimitModule,
  RedisStore,
  type Algorithm,
} from '@app/rate-limit';
import { closeRedis, connectRedis, type RedisConnection } from '@app/redis';
import { LimitStores } from '../../apps/gateway/src/admission/limit-stores.js';
import { RateLimitStage } from '../../apps/gateway/src/admission/rate-limit.stage.js';
import { parseConfigObject } from '../../apps/gateway/src/config/index.js';
import { Events } from '../../apps/gateway/src/pipeline/contract/events.js';
import type { RequestContext } from '../../apps/gateway/src/pipeline/contract/request-context.js';
import { Problem } from '../../apps/gateway/src/problems/problem.js';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';

const BURST = 3;
const STORE_TIMEOUT_MS = 2_000;

type Decision = 'pass' | 'refuse';
type Driver = (key: string) => Promise<Decision>;

/** Who asks, and what everybody has to answer; a number is a pause in milliseconds. */
type Step = readonly [key: string, decision: Decision] | number;

const tables: Readonly<Record<Algorithm, { readonly windowMs: number; readonly steps: readonly Step[] }>> = {
  // One in 3 s, so that a busy machine changes no decision.
  gcra: {
    windowMs: 9_000,
    steps: [
      ['a', 'pass'],
      ['a', 'pass'],
      ['a', 'pass'],
      ['a', 'refuse'],
      ['b', 'pass'],
      ['a', 'refuse'],
      ['a', 'refuse'],
      3_200,
      ['a', 'pass'],
      ['a', 'refuse'],
      ['b', 'pass'],
      ['', 'pass'],
    ],
  },
  'sliding-window': {
    windowMs: 2_000,
    steps: [
      ['a', 'pass'],
      ['a', 'pass'],
      ['a', 'pass'],
      ['a', 'refuse'],
      ['b', 'pass'],
      2_200,
      ['a', 'pass'],
      ['a', 'pass'],
      ['a', 'pass'],
      ['a', 'refuse'],
      ['b', 'pass'],
    ],
  },
};

let server: RedisServer;
let redis: RedisConnection;
const apps: NestFastifyApplication[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({
    url: server.url,
    keyPrefix: 'contract:',
    connectTimeoutMs: 2_000,
    commandTimeoutMs: 5_000,
    caFile: null,
    serverName: null,
  });
  redis.on('error', () => undefined);
  await eventually('the connection', () => redis.status === 'ready');
});

afterAll(async () => {
  for (const app of apps) await app.close();
  await closeRedis(redis);
  await server.dispose();
});

/** A refusal tells when to come back: never at once, and never later than a limit of that window recovers. */
function decisionOf(admitted: boolean | null, waitS: number, windowMs: number): Decision {
  if (admitted === true) return 'pass';
  expect(waitS).toBeGreaterThanOrEqual(1);
  expect(waitS).toBeLessThanOrEqual(Math.ceil((windowMs * 17) / 16 / 1_000));
  return 'refuse';
}

const secondsOf = ({ waitUs }: Charge): number => Math.ceil(waitUs / 1_000_000);

function memoryStore(limit: Limit, windowMs: number): Driver {
  const store = new MemoryStore();
  const hash = new KeyHash();
  return (key) => {
    const charge = new Charge(0, limit);
    hash.begin();
    hash.text(key);
    hash.end();
    charge.high = hash.high;
    charge.low = hash.low;
    return Promise.resolve(decisionOf(store.decide([charge]), secondsOf(charge), windowMs));
  };
}

function redisStore(limit: Limit, windowMs: number, name: string): Driver {
  const store = new RedisStore(redis, { timeoutMs: STORE_TIMEOUT_MS });
  return async (key) => {
    const charge = new Charge(0, limit);
    charge.key = keyText(`store/${name}`, [key]);
    return decisionOf(await store.decide([charge]), secondsOf(charge), windowMs);
  };
}

/** The guard of @nestjs/throttler before a handler of an ordinary Nest app. */
async function guard(algorithm: Algorithm, windowMs: number, connection: RedisConnection | null): Promise<Driver> {
  @Controller()
  @UseGuards(ThrottlerGuard)
  class Limited {
    @Get()
    answer(): string {
      return 'in';
    }
  }

  @Module({
    imports: [
      RateLimitModule.forRoot({
        throttlers: [{ ttl: windowMs, limit: BURST, getTracker: ({ headers }) => String(headers['x-key']) }],
        algorithm,
        redis: connection,
        storeTimeoutMs: STORE_TIMEOUT_MS,
      }),
    ],
    controllers: [Limited],
  })
  class App {}

  const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false });
  apps.push(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return async (key) => {
    const reply = await call(url, { headers: { 'x-key': key } });
    expect([200, 429]).toContain(reply.status);
    return decisionOf(reply.status === 200, Number(reply.field('retry-after')), windowMs);
  };
}

function stage(algorithm: Algorithm, windowMs: number, connection: RedisConnection | null): Driver {
  const { config } = parseConfigObject({
    rateLimit: { storeTimeoutMs: STORE_TIMEOUT_MS },
    routes: [
      {
        id: `stage-${algorithm}`,
        match: { path: '/' },
        respond: {},
        rateLimit: { by: 'header:x-key', algorithm, burst: BURST, windowS: windowMs / 1_000 },
      },
    ],
  });
  const hooks = new RateLimitStage(new LimitStores(config, connection)).compile(config.routes[0], config);
  const events = new Events();
  return async (key) => {
    const head = { clientAddress: '192.0.2.1', field: () => key };
    const context = { head, events, identity: null, set: () => undefined } as unknown as RequestContext;
    const verdict = await hooks?.request?.(context);
    const fields = Problem.is(verdict) ? verdict.headers : [];
    return decisionOf(!Problem.is(verdict), Number(fields[fields.indexOf('retry-after') + 1]), windowMs);
  };
}

async function driversOf(algorithm: Algorithm, windowMs: number): Promise<Readonly<Record<string, Driver>>> {
  const limit = new Limit({ algorithm, burst: BURST, windowMs });
  return {
    'the store in memory': memoryStore(limit, windowMs),
    'the store in Redis': redisStore(limit, windowMs, algorithm),
    'the stage, in memory': stage(algorithm, windowMs, null),
    'the stage, on Redis': stage(algorithm, windowMs, redis),
    'the guard, in memory': await guard(algorithm, windowMs, null),
    'the guard, on Redis': await guard(algorithm, windowMs, redis),
  };
}

describe('the same steps get the same decisions everywhere', () => {
  it.each(['gcra', 'sliding-window'] as const)('by %s', async (algorithm) => {
    const { windowMs, steps } = tables[algorithm];
    const drivers = Object.entries(await driversOf(algorithm, windowMs));
    const found: Record<string, Step[]> = Object.fromEntries(drivers.map(([name]) => [name, []]));
    for (const step of steps) {
      if (typeof step === 'number') {
        await pass(step);
        for (const taken of Object.values(found)) taken.push(step);
        continue;
      }
      const decisions = await Promise.all(drivers.map(([, ask]) => ask(step[0])));
      drivers.forEach(([name], i) => found[name].push([step[0], decisions[i]]));
    }
    expect(found).toEqual(Object.fromEntries(drivers.map(([name]) => [name, steps])));
  });
});
