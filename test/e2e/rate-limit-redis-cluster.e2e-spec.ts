import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { LimitStores } from '../../apps/gateway/src/admission/limit-stores.js';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startRedis, type RedisServer } from '../helpers/redis-server.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let redis: RedisServer;
let gateway: RunningGateway;

beforeAll(async () => {
  // A cluster of one node holds every slot, and refuses a script whose keys lie in two as any other does.
  redis = await startRedis(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1']);
  const operator = new Redis(redis.url);
  await operator.cluster('ADDSLOTSRANGE', 0, 16_383);
  await eventually('the cluster', () => operator.status === 'ready');
  for (let ok = false; !ok;) ok = (await operator.cluster('INFO')).includes('cluster_state:ok');
  operator.disconnect();
  const day = { windowS: 86_400, onStoreFailure: 'deny' } as const;
  gateway = await startGateway({
    redis: { url: `redis+cluster://127.0.0.1:${redis.port}` },
    rateLimit: { storeTimeoutMs: 5_000, policies: [{ name: 'all', by: 'route', burst: 100, ...day }] },
    routes: [
      {
        id: 'several',
        match: { path: '/several' },
        respond: {},
        rateLimit: [
          { name: 'wide', by: 'ip', burst: 9, ...day },
          { name: 'narrow', by: 'header:x-client', burst: 2, ...day, algorithm: 'sliding-window' },
        ],
      },
      { id: 'plain', match: { path: '/plain' }, respond: {} },
    ],
  });
  await eventually('the connection', () => gateway.gateway.app.get(LimitStores).redis?.available === true);
});

afterAll(async () => {
  await gateway?.close();
  await redis?.dispose();
});

describe('limits on a cluster', () => {
  it('decide all policies of a request at once', async () => {
    const found: number[] = [];
    for (let i = 0; i < 4; i++) {
      found.push((await call(`${gateway.url}/several`, { headers: { 'x-client': 'a' } })).status);
    }
    expect(found).toEqual([200, 200, 429, 429]);
    const other = await call(`${gateway.url}/several`, { headers: { 'x-client': 'b' } });
    expect(other.field('ratelimit')).toMatch(/^"all";r=97;t=\d+, "wide";r=6;t=\d+, "narrow";r=1;t=\d+$/);
    expect((await call(`${gateway.url}/plain`)).status).toBe(200);
  });
});
