import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { call, type Reply } from '../helpers/call.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startFailingUpstream, type FailingUpstream } from '../helpers/failing-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

let upstream: FailingUpstream;
let gateway: RunningGateway;

beforeAll(async () => {
  upstream = await startFailingUpstream();
});

afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.close();
  upstream.always = 200;
});

afterAll(() => upstream.close());

async function start(resetMs = 3_600_000, env: { circuitBreaker?: { enabled: boolean } } = {}): Promise<string> {
  const targets = [{ url: upstream.url }];
  gateway = await startGateway({
    ...env,
    upstreams: { u: { targets, breaker: { volumeThreshold: 2, resetMs } }, bare: { targets } },
    routes: [
      { id: 'r', match: { path: '/r/*' }, upstream: 'u' },
      { id: 'bare', match: { path: '/bare/*' }, upstream: 'bare' },
    ],
  });
  return gateway.url;
}

function order(url: string, body: string, name = 'u', type = 'application/json'): Promise<Reply> {
  return call(`${url}/admin/breakers/${name}`, { method: 'POST', headers: { 'content-type': type }, body });
}

async function metric(url: string, name: string): Promise<string[]> {
  return (await call(`${url}/metrics`)).text.split('\n').filter((line) => line.startsWith(name));
}

async function fail(url: string): Promise<void> {
  upstream.always = 500;
  for (let i = 0; i < 2; i++) expect((await call(`${url}/r/x`)).status).toBe(500);
}

describe('GET /admin/breakers', () => {
  it('tells of each breaker what it is, has counted and opens by', async () => {
    const url = await start();
    await call(`${url}/r/x`);
    const reply = await call(`${url}/admin/breakers`);
    expect(reply.json).toEqual([
      {
        upstream: 'u',
        state: 'closed',
        forced: null,
        retryInMs: 0,
        window: { total: 1, failed: 0 },
        settings: {
          failureRatePercent: 50,
          volumeThreshold: 2,
          windowMs: 10_000,
          resetMs: 3_600_000,
          halfOpenProbes: 1,
        },
      },
    ]);
  });

  it('is empty while breakers are switched off', async () => {
    const url = await start(1, { circuitBreaker: { enabled: false } });
    expect((await call(`${url}/admin/breakers`)).json).toEqual([]);
  });

  it('is hidden from strangers', async () => {
    const url = await start();
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expectProblem(await call(`${url}/admin/breakers`, { headers }), 404, 'no-route');
    expectProblem(await call(`${url}/admin/breakers/u`, { method: 'POST', headers }), 404, 'no-route');
  });
});

describe('POST /admin/breakers/:upstream', () => {
  it('forces a breaker open, so that the upstream is not asked', async () => {
    const url = await start();
    const reply = await order(url, '{"state":"open"}');
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ upstream: 'u', state: 'open', forced: 'open', retryInMs: 3_600_000 });
    const before = upstream.requests.length;
    expectProblem(await call(`${url}/r/x`), 503, 'breaker-open');
    expect(upstream.requests).toHaveLength(before);
    expect((await call(`${url}/bare/x`)).status).toBe(200);
  });

  it('forces a breaker closed, whatever fails', async () => {
    const url = await start();
    await fail(url);
    expectProblem(await call(`${url}/r/x`), 503, 'breaker-open');
    expect((await order(url, '{"state":"closed"}')).json).toMatchObject({ state: 'closed', forced: 'closed' });
    for (let i = 0; i < 5; i++) expect((await call(`${url}/r/x`)).status).toBe(500);
  });

  it('lets a breaker decide by itself again', async () => {
    const url = await start(50);
    await order(url, '{"state":"open"}');
    const reply = await order(url, '{"state":"automatic"}');
    expect(reply.json).toMatchObject({ state: 'open', forced: null });
    let status = 503;
    for (let i = 0; status === 503 && i < 500; i++) ({ status } = await call(`${url}/r/x`));
    expect(status).toBe(200);
    expect((await call(`${url}/admin/breakers`)).json).toMatchObject([{ state: 'closed', forced: null }]);
  });

  it.each([
    ['another state', '{"state":"ajar"}', 'application/json'],
    ['another key', '{"state":"open","for":3}', 'application/json'],
    ['nothing', '{}', 'application/json'],
    ['a list', '["open"]', 'application/json'],
    ['what is not JSON', '{"state":', 'application/json'],
    ['a form, as any page could send it', '{"state":"open"}', 'text/plain'],
  ])('refuses %s', async (_, body, type) => {
    const url = await start();
    const reply = await order(url, body, 'u', type);
    expect(reply.status).toBe(400);
    expect(reply.field('content-type')).toBe('application/problem+json');
    expect((await call(`${url}/admin/breakers`)).json).toMatchObject([{ state: 'closed', forced: null }]);
  });

  it.each(['bare', 'nobody', '__proto__', 'constructor', '%2e%2e'])('knows no breaker called %s', async (name) => {
    const url = await start();
    expect((await order(url, '{"state":"open"}', name)).status).toBe(404);
  });

  it('is in the document of the control plane', async () => {
    const url = await start();
    const { paths } = (await call(`${url}/docs/json`)).json as { paths: Record<string, object> };
    expect(Object.keys(paths['/admin/breakers'])).toEqual(['get']);
    expect(paths['/admin/breakers/{upstream}']).toMatchObject({
      post: { tags: ['breakers'], responses: { 200: {}, 400: {}, 404: {} } },
    });
  });
});

describe('what protects an upstream', () => {
  it('is explained with its settings and its state', async () => {
    const url = await start();
    await order(url, '{"state":"open"}');
    const { json } = await call(`${url}/admin/explain?url=/r/x`);
    expect(JSON.stringify(json)).toContain('"halfOpenProbes":1,"state":"open","forced":"open"');
  });

  it('is shown beside the targets', async () => {
    const url = await start();
    const { json } = await call(`${url}/admin/upstreams`);
    expect(json).toMatchObject([{ name: 'u', panic: false, targets: [{ ejected: false }] }, { name: 'bare' }]);
  });
});

describe('an open breaker', () => {
  it('is told by /health, which stays 200', async () => {
    const url = await start();
    await fail(url);
    const reply = await call(`${url}/health`);
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({
      details: { 'upstream:u': { status: 'up', breaker: 'open' }, 'upstream:bare': { breaker: null } },
    });
  });

  it('is told by metrics', async () => {
    const url = await start(50);
    const state = 'api_gateway_circuit_breaker_state';
    const transitions = 'api_gateway_circuit_breaker_transitions_total';
    expect(await metric(url, state)).toEqual([`${state}{upstream="u"} 0`]);
    await fail(url);
    upstream.always = 200;
    let status = 503;
    for (let i = 0; status === 503 && i < 500; i++) ({ status } = await call(`${url}/r/x`));
    expect(status).toBe(200);
    expect(await metric(url, state)).toEqual([`${state}{upstream="u"} 0`]);
    expect(await metric(url, transitions)).toEqual([
      `${transitions}{upstream="u",to="closed"} 1`,
      `${transitions}{upstream="u",to="open"} 1`,
      `${transitions}{upstream="u",to="half-open"} 1`,
    ]);
    await order(url, '{"state":"open"}');
    expect(await metric(url, state)).toEqual([`${state}{upstream="u"} 1`]);
  });

  it('is told by a line in the log', async () => {
    const lines: string[] = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
    const url = await start();
    await fail(url);
    await order(url, '{"state":"closed"}');
    expect(lines).toEqual([
      'breaker of upstream u is open, was closed',
      'breaker of upstream u is closed, was open, by order',
    ]);
  });
});
