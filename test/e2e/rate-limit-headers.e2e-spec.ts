import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { pass } from '../helpers/eventually.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let gateway: RunningGateway;

beforeAll(async () => {
  gateway = await startGateway({
    rateLimit: { defaults: { rps: 100, burst: 200 }, policies: [] },
    routes: [
      { id: 'plain', match: { path: '/plain' }, respond: {}, rateLimit: {} },
      { id: 'slow', match: { path: '/slow' }, respond: {}, rateLimit: { name: 'slow', burst: 2, windowS: 6 } },
      {
        id: 'several',
        match: { path: '/several' },
        respond: {},
        rateLimit: [
          { name: 'minute', burst: 3, windowS: 60, algorithm: 'sliding-window' },
          { name: 'day', burst: 1000, windowS: 86_400 },
          { name: 'trial', rps: 1, burst: 1, shadow: true },
        ],
      },
      { id: 'free', match: { path: '/free' }, respond: {} },
    ],
  });
});

afterAll(() => gateway?.close());

const get = (path: string) => call(gateway.url + path);

describe('replies tell limits in the fields of the current draft', () => {
  it('with the defaults of the configuration', async () => {
    const reply = await get('/plain');
    expect(reply.field('ratelimit-policy')).toBe('"default";q=200;w=2');
    expect(reply.field('ratelimit')).toBe('"default";r=199;t=1');
    expect(reply.field('retry-after')).toBeUndefined();
  });

  it('for every policy that can refuse, in the order of the configuration', async () => {
    const reply = await get('/several');
    expect(reply.field('ratelimit-policy')).toBe('"minute";q=3;w=60, "day";q=1000;w=86400');
    expect(reply.field('ratelimit')).toMatch(/^"minute";r=2;t=6[0-4], "day";r=999;t=87$/);
  });

  it('not at all on a route without limits', async () => {
    const reply = await get('/free');
    expect(reply.field('ratelimit-policy')).toBeUndefined();
    expect(reply.field('ratelimit')).toBeUndefined();
  });
});

describe('a refusal', () => {
  it('is a problem that names the policies, and says when to come back: who waits so long is let in', async () => {
    expect((await get('/slow')).status).toBe(200);
    expect((await get('/slow')).field('ratelimit')).toBe('"slow";r=0;t=3');
    const refused = await get('/slow');
    expectProblem(refused, 429, 'rate-limited');
    expect(refused.json).toMatchObject({ 'violated-policies': ['slow'] });
    expect(refused.field('retry-after')).toBe('3');
    expect(refused.field('ratelimit')).toBe('"slow";r=0;t=3');
    // Refusals put nothing off.
    for (let i = 0; i < 5; i++) expect((await get('/slow')).status).toBe(429);
    await pass(3_000);
    expect((await get('/slow')).status).toBe(200);
  });
});
