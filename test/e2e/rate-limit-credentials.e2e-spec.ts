import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const apiKey = (id: string, tenant: string) => ({
  id,
  sha256: createHash('sha256').update(`key-of-${id}`).digest('hex'),
  subject: id,
  tenant,
  permissions: id === 'guest' ? [] : ['read'],
});

let gateway: RunningGateway;

beforeAll(async () => {
  const day = { windowS: 86_400 };
  gateway = await startGateway({
    auth: { apiKeys: [apiKey('ann', 'a'), apiKey('bob', 'a'), apiKey('guest', 'b')] },
    rateLimit: { preAuth: { burst: 12, ...day } },
    routes: [
      {
        id: 'read',
        match: { path: '/read' },
        respond: {},
        auth: { required: true, permissions: ['read'] },
        rateLimit: [
          { name: 'key', by: 'api-key', burst: 2, ...day },
          { name: 'tenant', by: 'tenant', burst: 3, ...day },
        ],
      },
    ],
  });
});

afterAll(() => gateway?.close());

async function statuses(times: number, key: string): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < times; i++) {
    found.push((await call(`${gateway.url}/read`, { headers: { 'x-api-key': key } })).status);
  }
  return found;
}

describe('limits behind authentication', () => {
  it('take nothing from those who may not ask', async () => {
    expect(await statuses(2, 'key-of-guest')).toEqual([403, 403]);
  });

  it('go by the key and the tenant that the gateway has proven', async () => {
    expect(await statuses(3, 'key-of-ann')).toEqual([200, 200, 429]);
    expect(await statuses(2, 'key-of-bob')).toEqual([200, 429]);
  });

  it('come after that by address, which takes from wrong keys as from right ones', async () => {
    // Seven of twelve are gone.
    expect(await statuses(6, 'made-up')).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await statuses(1, 'key-of-ann')).toEqual([429]);
  });
});
