import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { Events } from '../../apps/gateway/src/pipeline/contract/events.js';
import { Breakers } from '../../apps/gateway/src/resilience/breakers.js';
import { breakerChanged } from '../../apps/gateway/src/resilience/events.js';
import { call, open, type Reply } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startFailingUpstream, type Behaviour, type FailingUpstream } from '../helpers/failing-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];
type Breaker = NonNullable<Upstream['breaker']>;

const HOUR_MS = 3_600_000;

let upstream: FailingUpstream;
let gateway: RunningGateway | null = null;

beforeAll(async () => {
  upstream = await startFailingUpstream();
});

afterEach(async () => {
  await gateway?.close();
  gateway = null;
  upstream.next = [];
  upstream.always = 200;
  for (const socket of upstream.sockets) socket.destroy();
});

afterAll(() => upstream.close());

async function start(breaker: Breaker = {}, more: Partial<Upstream> = {}, top: ConfigObject = {}): Promise<string> {
  const all = { volumeThreshold: 4, resetMs: HOUR_MS, ...breaker };
  gateway = await startGateway({
    ...top,
    upstreams: { u: { targets: [{ url: upstream.url }], ...more, breaker: all } },
    routes: [{ id: 'r', match: { path: '/*' }, upstream: 'u' }],
  });
  return gateway.url;
}

const stateOf = (name = 'u') => gateway?.gateway.app.get(Breakers).get(name)?.state;

/** Sends one request after another. A cut reply counts as status 0. */
async function statuses(url: string, ...behaviours: Behaviour[]): Promise<number[]> {
  const seen: number[] = [];
  for (const behaviour of behaviours) {
    upstream.next = [behaviour];
    seen.push(
      await call(url).then(
        (reply) => reply.status,
        () => 0,
      ),
    );
  }
  return seen;
}

/** Begins a request that the upstream lets hang. @returns what makes its client leave */
async function hangingRequest(url: string): Promise<() => void> {
  const before = upstream.requests.length;
  upstream.next = ['hang'];
  const request = open(url);
  request.on('error', () => undefined).end();
  await eventually('the hanging request', () => upstream.requests.length > before);
  return () => request.destroy();
}

function expectOpen(reply: Reply): void {
  expectProblem(reply, 503, 'breaker-open');
  expect(Number(reply.field('retry-after'))).toBeGreaterThan(0);
}

describe('a breaker opens', () => {
  it('when enough replies are 5xx, and then the upstream is not asked', async () => {
    const url = await start();
    expect(await statuses(url, 200, 500, 503)).toEqual([200, 500, 503]);
    expect(stateOf()).toBe('closed');
    expect(await statuses(url, 502)).toEqual([502]);
    expect(stateOf()).toBe('open');
    const before = upstream.requests.length;
    const reply = await call(url);
    expectOpen(reply);
    // The rest of the hour: a busy machine may have taken a few seconds of it.
    expect(Math.abs(Number(reply.field('retry-after')) - 3_595)).toBeLessThanOrEqual(5);
    expect(upstream.requests).toHaveLength(before);
  });

  it('when connections cannot be made', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const url = await start({}, { targets: [{ url: `http://127.0.0.1:${port}` }] });
    for (let i = 0; i < 4; i++) expect((await call(url)).status).toBe(502);
    expectOpen(await call(url));
  });

  it('when replies do not come in time', async () => {
    const url = await start({}, { timeouts: { headersMs: 100 } });
    upstream.always = 'hang';
    const replies = await Promise.all([call(url), call(url), call(url), call(url)]);
    expect(replies.map(({ status }) => status)).toEqual([504, 504, 504, 504]);
    expectOpen(await call(url));
  });

  it('when connections break before the head', async () => {
    const url = await start();
    upstream.always = 'reset';
    for (let i = 0; i < 4; i++) expect((await call(url)).status).toBe(502);
    expectOpen(await call(url));
  });

  it('when replies break off behind their head', async () => {
    const url = await start();
    expect(await statuses(url, 'tear', 'tear', 'tear', 'tear')).toEqual([0, 0, 0, 0]);
    await eventually('the last break', () => stateOf() === 'open');
    expectOpen(await call(url));
  });
});

describe('a breaker does not open', () => {
  it('when replies are 4xx', async () => {
    const url = await start();
    expect(await statuses(url, 400, 404, 409, 429, 404, 404)).toEqual([400, 404, 409, 429, 404, 404]);
    expect(stateOf()).toBe('closed');
    expect(gateway?.gateway.app.get(Breakers).get('u')?.counts).toEqual({ total: 6, failed: 0 });
  });

  it('when clients leave', async () => {
    const url = await start();
    for (let i = 0; i < 6; i++) {
      (await hangingRequest(url))();
      await eventually('the end of the exchange', () => upstream.sockets.size === 0);
    }
    expect(stateOf()).toBe('closed');
    expect(gateway?.gateway.app.get(Breakers).get('u')?.counts).toEqual({ total: 0, failed: 0 });
  });

  it('when clients send bodies that break off or are too large', async () => {
    const url = await start({}, {}, { server: { bodyBytesMax: 50_000 } });
    const chunked = { 'transfer-encoding': 'chunked' };
    for (let i = 0; i < 5; i++) {
      upstream.next = [(request) => request.on('error', () => undefined).resume()];
      const reply = await call(url, { method: 'POST', headers: chunked, body: 'x'.repeat(200_000) });
      expect(reply.status).toBe(413);
    }
    expect(gateway?.gateway.app.get(Breakers).get('u')?.counts).toEqual({ total: 0, failed: 0 });
  });

  it('when all breakers are switched off', async () => {
    const url = await start({}, {}, { circuitBreaker: { enabled: false } });
    expect(await statuses(url, 500, 500, 500, 500, 500, 200)).toEqual([500, 500, 500, 500, 500, 200]);
    expect(stateOf()).toBeUndefined();
  });
});

describe('an open breaker', () => {
  it('answers a request whose body has not come yet, and reads none of it', async () => {
    const url = await start();
    await statuses(url, 500, 500, 500, 500);
    const before = upstream.requests.length;
    const request = open(url, { method: 'POST', headers: { 'content-length': '1000000' } });
    request.on('error', () => undefined).flushHeaders();
    const status = await new Promise((resolve) => request.on('response', (reply) => resolve(reply.statusCode)));
    request.destroy();
    expect(status).toBe(503);
    expect(upstream.requests).toHaveLength(before);
  });

  it('closes when its probe succeeds', async () => {
    const url = await start({ resetMs: 50 });
    await statuses(url, 500, 500, 500, 500);
    await eventually('half-open', () => stateOf() === 'half-open');
    expect(await statuses(url, 200)).toEqual([200]);
    expect(stateOf()).toBe('closed');
    expect(await statuses(url, 500, 500, 500)).toEqual([500, 500, 500]);
    expect(stateOf()).toBe('closed');
  });

  it('opens again when its probe fails', async () => {
    const url = await start({ resetMs: 50 });
    const states: string[] = [];
    gateway?.gateway.app.get(Events).on(breakerChanged, ({ to }) => states.push(to));
    await statuses(url, 500, 500, 500, 500);
    await eventually('half-open', () => stateOf() === 'half-open');
    expect(await statuses(url, 500)).toEqual([500]);
    expect(states.slice(0, 3)).toEqual(['open', 'half-open', 'open']);
  });
});

describe('a half-open breaker', () => {
  async function halfOpen(halfOpenProbes: number): Promise<string> {
    const url = await start({ resetMs: 50, halfOpenProbes });
    await statuses(url, 500, 500, 500, 500);
    await eventually('half-open', () => stateOf() === 'half-open');
    return url;
  }

  it('lets so many probes through at once, and refuses the others', async () => {
    const url = await halfOpen(2);
    upstream.next = ['hang', 'hang'];
    const before = upstream.requests.length;
    const first = call(url);
    const second = call(url);
    await eventually('both probes', () => upstream.requests.length === before + 2);
    expectOpen(await call(url));
    expect(upstream.requests).toHaveLength(before + 2);
    for (const response of upstream.hanging.splice(0)) response.end('back');
    expect([(await first).text, (await second).text]).toEqual(['back', 'back']);
    expect(stateOf()).toBe('closed');
  });

  it('has a place again when the client of a probe leaves', async () => {
    const url = await halfOpen(1);
    const leave = await hangingRequest(url);
    expectOpen(await call(url));
    leave();
    await eventually('the place', () => gateway?.gateway.app.get(Breakers).get('u')?.admits === true);
    expect(stateOf()).toBe('half-open');
    expect(await statuses(url, 200)).toEqual([200]);
    expect(stateOf()).toBe('closed');
  });
});

describe('upstreams that share a route', () => {
  it('have breakers of their own', async () => {
    const healthy = await startFailingUpstream();
    const breaker = { volumeThreshold: 2, resetMs: HOUR_MS };
    gateway = await startGateway({
      upstreams: {
        bad: { targets: [{ url: upstream.url }], breaker },
        good: { targets: [{ url: healthy.url }], breaker },
        bare: { targets: [{ url: healthy.url }] },
      },
      routes: [
        {
          id: 'r',
          match: { path: '/*' },
          weighted: ['bad', 'good', 'bare'].map((name) => ({ upstream: name, weight: 1 })),
        },
      ],
    });
    upstream.always = 500;
    const { url } = gateway;
    const seen = new Set<number>();
    while (!seen.has(503)) seen.add((await call(url)).status);
    for (let i = 0; i < 20; i++) seen.add((await call(url)).status);
    expect([...seen].sort((a, b) => a - b)).toEqual([200, 500, 503]);
    expect([stateOf('bad'), stateOf('good'), stateOf('bare')]).toEqual(['open', 'closed', undefined]);
    await healthy.close();
  });
});
