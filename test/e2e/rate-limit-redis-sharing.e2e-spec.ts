import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { LimitStores } from '../../apps/gateway/src/admission/limit-stores.js';
import { askMany } from '../helpers/ask-many.js';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const BURST = 50;

let redis: RedisServer;
let look: Redis;
let gateways: RunningGateway[];

const route = (id: string, rateLimit: NonNullable<ConfigObject['routes']>[number]['rateLimit']) => ({
  id,
  match: { path: `/${id}` },
  respond: {},
  rateLimit,
});

beforeAll(async () => {
  redis = await startRedis();
  look = new Redis(redis.url);
  const config: ConfigObject = {
    redis: { url: redis.url },
    // A busy machine must not make the limits fall back to memory here.
    rateLimit: { storeTimeoutMs: 5_000 },
    routes: [
      route('gcra', { by: 'route', burst: BURST, windowS: 86_400 }),
      route('window', { by: 'route', burst: BURST, windowS: 86_400, algorithm: 'sliding-window' }),
      route('several', [
        { name: 'wide', by: 'route', burst: 1_000, windowS: 86_400 },
        { name: 'narrow', by: 'route', burst: 7, windowS: 86_400, algorithm: 'sliding-window' },
        { name: 'trial', by: 'route', burst: 3, windowS: 86_400, shadow: true },
      ]),
      route('quick', { by: 'header:x-client', rps: 1, burst: 1 }),
    ],
  };
  gateways = await Promise.all([startGateway(config), startGateway(config)]);
  for (const { gateway } of gateways) {
    await eventually('the connection', () => gateway.app.get(LimitStores).redis?.available === true);
  }
});

afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  look.disconnect();
  await redis.dispose();
});

/** Asks all gateways at once and adds up what they let through. */
async function admitted(path: string, requests: number): Promise<number> {
  const counts = await Promise.all(gateways.map(({ url }) => askMany(url + path, requests, 20)));
  return counts.reduce((sum, each) => sum + (each.get(200) ?? 0), 0);
}

describe('two gateways on one Redis', () => {
  it('let through together what one would, by gcra', async () => {
    expect(await admitted('/gcra', 100)).toBe(BURST);
  });

  it('let through together what one would, by a sliding window', async () => {
    expect(await admitted('/window', 100)).toBe(BURST);
  });

  it('charge all policies of a request or none, and let no policy in shadow refuse', async () => {
    expect(await admitted('/several', 20)).toBe(7);
    const reply = await call(`${gateways[0].url}/several`);
    expect(reply.field('ratelimit')).toMatch(/^"wide";r=993;t=\d+, "narrow";r=0;t=\d+$/);
  });

  it('let in whoever waited as long as they were told, by the clock of Redis', async () => {
    const headers = { 'x-client': 'patient' };
    const ask = (at: number) => call(`${gateways[at].url}/quick`, { headers });
    expect((await ask(0)).status).toBe(200);
    const refused = await ask(1);
    expect([refused.status, refused.field('retry-after')]).toEqual([429, '1']);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await ask(1)).status).toBe(200);
  });

  it('give every key an end, and write no word of what clients send', async () => {
    await call(`${gateways[0].url}/quick`, { headers: { 'x-client': 'hunter2' } });
    const keys = await look.keys('*');
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) {
      expect(key).toMatch(/^sluice:rl:[\w/.-]+:[\w-]{22}$/);
      expect(await look.pttl(key)).toBeGreaterThan(0);
    }
    expect(keys.join()).not.toContain('hunter2');
  });
});
