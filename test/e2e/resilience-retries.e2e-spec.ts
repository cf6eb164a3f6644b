import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { Breakers } from '../../apps/gateway/src/resilience/breakers.js';
import { call, open, type CallOptions } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startFailingUpstream, type Behaviour, type FailingUpstream } from '../helpers/failing-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];
type Retry = NonNullable<Upstream['retry']>;
type Route = NonNullable<ConfigObject['routes']>[number];

let upstream: FailingUpstream;
let other: FailingUpstream;
let gateway: RunningGateway | null = null;

beforeAll(async () => {
  upstream = await startFailingUpstream();
  other = await startFailingUpstream();
});

afterEach(async () => {
  await gateway?.close();
  gateway = null;
  for (const each of [upstream, other]) {
    each.next = [];
    each.always = 200;
    each.hanging.length = 0;
    for (const socket of each.sockets) socket.destroy();
  }
});

afterAll(async () => {
  await upstream.close();
  await other.close();
});

/** Waits are nothing, so that no test depends on them, unless it says so. */
async function start(retry: Retry | null = {}, more: Partial<Upstream> = {}, route: Partial<Route> = {}) {
  const all = retry === null ? null : { baseMs: 0, budgetMinPerS: 1_000, ...retry };
  gateway = await startGateway({
    upstreams: { u: { targets: [{ url: upstream.url }], retry: all, ...more } },
    routes: [{ id: 'r', match: { path: '/*' }, upstream: 'u', ...route }],
  });
  return gateway.url;
}

/** @returns the status of the reply, and how often the upstream was asked */
async function ask(url: string, behaviours: Behaviour[], options: CallOptions = {}): Promise<[number, number]> {
  upstream.next = behaviours;
  const before = upstream.requests.length;
  const { status } = await call(url, options);
  return [status, upstream.requests.length - before];
}

describe('a request is tried again', () => {
  it.each([502, 503, 504])('after a reply of %d', async (status) => {
    const url = await start();
    expect(await ask(url, [status, 200])).toEqual([200, 2]);
  });

  it('after a connection that could not be made, on another target', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const targets = [{ url: `http://127.0.0.1:${port}` }, { url: upstream.url }];
    const url = await start({}, { targets, balance: 'round-robin' });
    for (let i = 0; i < 6; i++) expect(await ask(url, [])).toEqual([200, 1]);
  });

  it('after a reply that did not come in time, when that is wanted', async () => {
    const url = await start({ on: ['timeout'] }, { timeouts: { headersMs: 500 } });
    expect(await ask(url, ['hang', 200])).toEqual([200, 2]);
  });

  it('after connections that broke, when that is wanted', async () => {
    const url = await start({ on: ['reset'], attempts: 3 });
    // The first break is repeated in any case, as a connection that was idle too long.
    expect(await ask(url, ['reset', 'reset', 'reset', 200])).toEqual([200, 4]);
  });

  it('after any 5xx, or a single status, when that is wanted', async () => {
    const url = await start({ on: ['5xx', 425] });
    expect(await ask(url, [500, 200])).toEqual([200, 2]);
    expect(await ask(url, [511, 200])).toEqual([200, 2]);
    expect(await ask(url, [425, 200])).toEqual([200, 2]);
    expect(await ask(url, [404, 200])).toEqual([404, 1]);
  });

  it('on another target than before', async () => {
    const url = await start({}, { targets: [{ url: upstream.url }, { url: other.url }] });
    upstream.always = 503;
    for (let i = 0; i < 10; i++) {
      const reply = await call(url);
      expect([reply.status, reply.text]).toEqual([200, String(other.port)]);
    }
  });

  it('with its body, when that was kept', async () => {
    const url = await start();
    const bodies: string[] = [];
    const keep = (status: number): Behaviour => {
      return (request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          bodies.push(body);
          response.writeHead(status).end();
        });
      };
    };
    expect(await ask(url, [keep(503), keep(200)], { method: 'PUT', body: 'all of it' })).toEqual([200, 2]);
    expect(bodies).toEqual(['all of it', 'all of it']);
  });

  it('as often as `attempts` says, and then the last reply is the reply', async () => {
    const url = await start({ attempts: 3 });
    expect(await ask(url, [502, 504, 503, 200])).toEqual([503, 3]);
  });
});

describe('a request is not tried again', () => {
  it('when its upstream has no retry', async () => {
    const url = await start(null);
    expect(await ask(url, [503, 200])).toEqual([503, 1]);
  });

  it('when the route says so', async () => {
    const url = await start({}, {}, { retry: false });
    expect(await ask(url, [503, 200])).toEqual([503, 1]);
  });

  it.each(['POST', 'PATCH'])('when its method is %s, which is not idempotent', async (method) => {
    const url = await start();
    expect(await ask(url, [503, 200], { method })).toEqual([503, 1]);
  });

  it('when its body was streamed', async () => {
    const url = await start();
    const headers = { 'transfer-encoding': 'chunked' };
    expect(await ask(url, [503, 200], { method: 'PUT', headers, body: 'abc' })).toEqual([503, 1]);
  });

  it('when a part of the reply has gone to the client', async () => {
    const url = await start({ on: ['reset', '5xx'] });
    upstream.next = ['tear', 200];
    const before = upstream.requests.length;
    await expect(call(url)).rejects.toThrow();
    await pass(50);
    expect(upstream.requests).toHaveLength(before + 1);
  });

  it('when its client has left during the wait', async () => {
    const url = await start({ on: [503], retryAfterMaxMs: 5_000 });
    const before = upstream.requests.length;
    upstream.next = [(_, response) => response.writeHead(503, { 'retry-after': '1' }).end()];
    const request = open(url);
    request.on('error', () => undefined).end();
    await eventually('the first try', () => upstream.requests.length > before);
    await pass(50);
    request.destroy();
    await pass(1_200);
    expect(upstream.requests).toHaveLength(before + 1);
  });

  it('when its breaker has just opened, so that the reply of the upstream is what the client gets', async () => {
    const url = await start({}, { breaker: { volumeThreshold: 1, resetMs: 3_600_000 } });
    expect(await ask(url, [503, 200])).toEqual([503, 1]);
    expect(gateway?.gateway.app.get(Breakers).get('u')?.state).toBe('open');
    expectProblem(await call(url), 503, 'breaker-open');
  });
});

describe('a request that is not idempotent is tried again', () => {
  it('when its route marks the method', async () => {
    const url = await start({}, {}, { retry: { methods: ['POST'] } });
    expect(await ask(url, [503, 200], { method: 'POST', body: 'x' })).toEqual([200, 2]);
    expect(await ask(url, [503, 200], { method: 'GET' })).toEqual([503, 1]);
  });

  it('when it carries Idempotency-Key and the upstream knows that', async () => {
    const headers = { 'idempotency-key': '"8e03978e"' };
    const url = await start({ idempotencyKey: true });
    expect(await ask(url, [503, 200], { method: 'POST', headers, body: 'x' })).toEqual([200, 2]);
    expect(await ask(url, [503, 200], { method: 'POST', body: 'x' })).toEqual([503, 1]);
  });

  it('not for the key alone', async () => {
    const headers = { 'idempotency-key': '"8e03978e"' };
    expect(await ask(await start(), [503, 200], { method: 'POST', headers })).toEqual([503, 1]);
  });
});

describe('Retry-After of the upstream', () => {
  const after = (value: string): Behaviour => {
    return (_, response) => response.writeHead(503, { 'retry-after': value }).end();
  };

  it('is waited for', async () => {
    const url = await start({ retryAfterMaxMs: 2_000 });
    const at: number[] = [];
    const noting: Behaviour = (_, response) => {
      at.push(performance.now());
      response.writeHead(at.length === 1 ? 503 : 200, { 'retry-after': '1' }).end();
    };
    expect(await ask(url, [noting, noting])).toEqual([200, 2]);
    expect(at[1] - at[0]).toBeGreaterThan(990);
  });

  it('that asks for more than is waited is passed on', async () => {
    const url = await start({ retryAfterMaxMs: 1_000 });
    upstream.next = [after('2'), 200];
    const reply = await call(url);
    expect([reply.status, reply.field('retry-after')]).toEqual([503, '2']);
  });

  it('beyond the deadline of the request is passed on, which is worth more than a timeout', async () => {
    const url = await start({ retryAfterMaxMs: 60_000 }, {}, { timeoutMs: 5_000 });
    expect(await ask(url, [after('6'), 200])).toEqual([503, 1]);
  });

  it('of garbage counts as none', async () => {
    const url = await start();
    expect(await ask(url, [after('soon'), 200])).toEqual([200, 2]);
    expect(await ask(url, [after('-5'), 200])).toEqual([200, 2]);
  });
});

describe('the deadline of a request', () => {
  it('runs over all its tries', async () => {
    const url = await start({ on: ['timeout'], attempts: 10 }, { timeouts: { headersMs: 200 } }, { timeoutMs: 1_200 });
    upstream.always = 'hang';
    const before = upstream.requests.length;
    expectProblem(await call(url), 504, 'upstream-timeout');
    expect(upstream.requests.length - before).toBeGreaterThan(1);
    expect(upstream.requests.length - before).toBeLessThan(8);
  });
});

describe('upstreams that share a route', () => {
  it('are each retried as they say', async () => {
    const retry = { baseMs: 0, budgetMinPerS: 1_000 };
    gateway = await startGateway({
      upstreams: { a: { targets: [{ url: upstream.url }], retry }, b: { targets: [{ url: other.url }] } },
      routes: [
        {
          id: 'r',
          match: { path: '/*' },
          weighted: [
            { upstream: 'a', weight: 1 },
            { upstream: 'b', weight: 1 },
          ],
        },
      ],
    });
    upstream.always = other.always = 503;
    const before = [upstream.requests.length, other.requests.length];
    for (let i = 0; i < 20; i++) await call(gateway.url);
    const a = upstream.requests.length - before[0];
    const b = other.requests.length - before[1];
    expect(a / 2 + b).toBe(20);
  });
});
