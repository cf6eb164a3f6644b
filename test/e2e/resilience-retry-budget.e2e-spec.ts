import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { startFailingUpstream, type FailingUpstream } from '../helpers/failing-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const REQUESTS = 200;

let upstream: FailingUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startFailingUpstream();
});

afterEach(() => gateway.close());

afterAll(() => upstream.close());

describe('an upstream that fails at everything', () => {
  async function storm(retry: { budgetPercent: number; budgetMinPerS: number }): Promise<number> {
    upstream.always = 503;
    gateway = await startGateway({
      upstreams: { u: { targets: [{ url: upstream.url }], retry: { attempts: 5, baseMs: 0, ...retry } } },
      routes: ['a', 'b'].map((id) => ({ id, match: { path: `/${id}` }, upstream: 'u' })),
    });
    const { url } = gateway;
    const before = upstream.requests.length;
    for (let i = 0; i < REQUESTS; i += 20) {
      const paths = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? '/a' : '/b'));
      const replies = await Promise.all(paths.map((path) => call(url + path)));
      expect(replies.every(({ status }) => status === 503)).toBe(true);
    }
    return upstream.requests.length - before - REQUESTS;
  }

  it('gets no more retries than the share of its traffic, of all its routes together', async () => {
    const retries = await storm({ budgetPercent: 10, budgetMinPerS: 0 });
    expect(retries).toBeGreaterThan(0);
    expect(retries).toBeLessThanOrEqual(REQUESTS / 10);
    const { text } = await call(`${gateway.url}/metrics`);
    expect(text).toMatch(/^api_gateway_retries_total\{upstream="u"\} (\d+)$/m);
    expect(Number(/^api_gateway_retries_total\{upstream="u"\} (\d+)$/m.exec(text)?.[1])).toBe(retries);
    const spent = /^api_gateway_retry_budget_exhausted_total\{upstream="u"\} (\d+)$/m.exec(text)?.[1];
    expect(Number(spent)).toBe(REQUESTS);
  });

  it('gets a few each second besides', async () => {
    const retries = await storm({ budgetPercent: 0, budgetMinPerS: 1 });
    // Ten in each window of ten seconds, of which a slow machine may see a second one begin.
    expect(retries).toBeGreaterThanOrEqual(10);
    expect(retries).toBeLessThanOrEqual(20);
  });

  it('gets none without a budget', async () => {
    expect(await storm({ budgetPercent: 0, budgetMinPerS: 0 })).toBe(0);
  });
});
