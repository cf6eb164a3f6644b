import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { LimitStores } from '../../apps/gateway/src/admission/limit-stores.js';
import { askMany } from '../helpers/ask-many.js';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const BURST = 3;

let redis: RedisServer;
let gateway: RunningGateway;
let client = 0;

beforeAll(async () => {
  redis = await startRedis(['--maxmemory-policy', 'noeviction']);
  const route = (onStoreFailure: 'allow' | 'deny' | 'local') => ({
    id: onStoreFailure,
    match: { path: `/${onStoreFailure}` },
    respond: {},
    rateLimit: { by: 'header:x-client', burst: BURST, windowS: 86_400, onStoreFailure },
  });
  gateway = await startGateway({
    redis: { url: redis.url, commandTimeoutMs: 1_000 },
    // Long enough for a busy machine, which must not pass for a Redis that is late.
    rateLimit: { storeTimeoutMs: 250 },
    routes: [route('allow'), route('deny'), route('local')],
  });
});

afterAll(async () => {
  await gateway?.close();
  await redis?.dispose();
});

beforeEach(async () => {
  client++;
  await eventually('Redis decides', () => available());
});

const available = (): boolean => gateway.gateway.app.get(LimitStores).redis?.available === true;
const ask = (path: string) => call(gateway.url + path, { headers: { 'x-client': `c${client}` } });

/** Statuses of as many requests as the burst lets through, and two more. */
async function statuses(path: string): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < BURST + 2; i++) found.push((await ask(path)).status);
  return found;
}

/** What the policies do without Redis, and that they are in order when it is back. */
async function expectFallbacks(): Promise<void> {
  expect(await statuses('/allow')).toEqual([200, 200, 200, 200, 200]);
  expect(await statuses('/local')).toEqual([200, 200, 200, 429, 429]);
  const denied = await ask('/deny');
  expectProblem(denied, 503, 'rate-limit-unavailable');
  expect(denied.field('retry-after')).toBe('1');
}

/** Something happens to Redis while requests are under way: each of them gets an answer that its policy may give. */
async function inMidTraffic(event: () => Promise<unknown>): Promise<void> {
  const requests = 300;
  const traffic = (['allow', 'deny', 'local'] as const).map((path) =>
    askMany(`${gateway.url}/${path}`, requests, 10, { 'x-client': `traffic${client}` }),
  );
  await event();
  const allowed = { allow: [200, 429], deny: [200, 429, 503], local: [200, 429] };
  for (const [i, given] of Object.values(allowed).entries()) {
    const counts = await traffic[i];
    expect(given).toEqual(expect.arrayContaining([...counts.keys()]));
    expect([...counts.values()].reduce((sum, each) => sum + each, 0)).toBe(requests);
  }
}

async function expectBack(): Promise<void> {
  await eventually('Redis decides again', available);
  client++;
  expect(await statuses('/allow')).toEqual([200, 200, 200, 429, 429]);
  expect(await statuses('/deny')).toEqual([200, 200, 200, 429, 429]);
}

async function metric(name: string): Promise<string | undefined> {
  const { text } = await call(`${gateway.url}/metrics`);
  return text.split('\n').find((line) => line.startsWith(name));
}

describe('without a decision of Redis, policies do what they say', () => {
  it('while it is stopped, and Redis decides again when it is back', async () => {
    await inMidTraffic(() => redis.stop());
    await eventually('the loss', () => !available());
    await expectFallbacks();
    await redis.start();
    await expectBack();
  });

  it('while it lives and does not answer: the first request waits for the time limit, the others do not wait', async () => {
    await inMidTraffic(() => redis.pause());
    await redis.resume();
    await eventually('Redis decides again', available);
    await redis.pause();
    // Whether it was the first or not: it has an answer before the connection gives the command up.
    expect((await ask('/allow')).status).toBe(200);
    expect(available()).toBe(false);
    await expectFallbacks();
    await redis.resume();
    await expectBack();
  });

  it('while it is full, and refuses to write', async () => {
    const operator = new Redis(redis.url);
    // More is held than that already.
    await inMidTraffic(() => operator.config('SET', 'maxmemory', '100kb'));
    await eventually('the refusal', () => {
      void ask('/allow');
      return !available();
    });
    await expectFallbacks();
    await operator.config('SET', 'maxmemory', '0');
    operator.disconnect();
    await expectBack();
  });

  it('and it is counted', async () => {
    expect(await metric('api_gateway_rate_limiter_undecided_total{outcome="allow"}')).toMatch(/ [1-9]\d*$/);
    expect(await metric('api_gateway_rate_limiter_undecided_total{outcome="deny"}')).toMatch(/ [1-9]\d*$/);
    expect(await metric('api_gateway_rate_limiter_undecided_total{outcome="local"}')).toMatch(/ [1-9]\d*$/);
  });
});
