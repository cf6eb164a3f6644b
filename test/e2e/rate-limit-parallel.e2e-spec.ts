import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askMany } from '../helpers/ask-many.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const RPS = 50;
const BURST = 20;
const REQUESTS = 400;

let gateway: RunningGateway;

beforeAll(async () => {
  const limited = (id: string, more: object) => ({
    id,
    match: { path: `/${id}` },
    respond: {},
    rateLimit: { by: 'route', burst: BURST, ...more },
  });
  gateway = await startGateway({
    routes: [
      limited('gcra', { rps: RPS }),
      limited('window', { algorithm: 'sliding-window', windowS: 600 }),
      limited('costly', { windowS: 600, cost: 3 }),
    ],
  });
});

afterAll(() => gateway?.close());

describe('under parallel load, limits let through', () => {
  it('no more than the burst and what time gives back, and no less', async () => {
    const began = performance.now();
    const counts = await askMany(`${gateway.url}/gcra`, REQUESTS, 40);
    const tookS = (performance.now() - began) / 1_000;
    const admitted = counts.get(200) ?? 0;
    expect(admitted + (counts.get(429) ?? 0)).toBe(REQUESTS);
    expect(admitted).toBeGreaterThanOrEqual(BURST);
    expect(admitted).toBeLessThanOrEqual(BURST + RPS * tookS);
  });

  it('exactly the burst in a window', async () => {
    const counts = await askMany(`${gateway.url}/window`, REQUESTS, 40);
    expect(counts.get(200)).toBe(BURST);
  });

  it('as many as their cost leaves room for', async () => {
    const counts = await askMany(`${gateway.url}/costly`, REQUESTS, 40);
    expect(counts.get(200)).toBe(Math.floor(BURST / 3));
  });
});
