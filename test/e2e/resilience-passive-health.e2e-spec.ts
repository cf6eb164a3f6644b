import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { Events } from '../../apps/gateway/src/pipeline/contract/events.js';
import { targetEjected, targetReturned } from '../../apps/gateway/src/upstream/events.js';
import type { UpstreamGroup } from '../../apps/gateway/src/upstream/upstream-group.js';
import { UpstreamRegistry } from '../../apps/gateway/src/upstream/upstream-registry.js';
import { call, open } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startFailingUpstream, type Behaviour, type FailingUpstream } from '../helpers/failing-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];

const HOUR_MS = 3_600_000;

let targets: FailingUpstream[] = [];
let gateway: RunningGateway;
let changes: string[];

beforeEach(() => {
  changes = [];
});

afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.close();
  await Promise.all(targets.map((target) => target.close()));
  targets = [];
});

async function start(behaviours: Behaviour[], more: Partial<Upstream> = {}): Promise<string> {
  for (const behaviour of behaviours) {
    const target = await startFailingUpstream();
    target.always = behaviour;
    targets.push(target);
  }
  gateway = await startGateway({
    upstreams: {
      u: {
        targets: targets.map(({ url }) => ({ url })),
        balance: 'round-robin',
        passiveHealth: { failuresInRow: 2, ejectMs: HOUR_MS, ejectMaxMs: HOUR_MS },
        ...more,
      },
    },
    routes: [{ id: 'r', match: { path: '/*' }, upstream: 'u' }],
  });
  const nameOf = (origin: string): string => 'abcd'[targets.findIndex(({ url }) => url === origin)];
  const events = gateway.gateway.app.get(Events);
  events.on(targetEjected, ({ target, times }) => changes.push(`${nameOf(target)} out ${times}`));
  events.on(targetReturned, ({ target }) => changes.push(`${nameOf(target)} back`));
  return gateway.url;
}

function group(): UpstreamGroup {
  return gateway.gateway.app.get(UpstreamRegistry).get('u');
}

async function send(url: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await call(url).catch(() => undefined);
}

/** Which targets a dozen requests reach. */
async function reached(url: string): Promise<string> {
  const before = targets.map(({ requests }) => requests.length);
  await send(url, 12);
  return targets.map(({ requests }, i) => (requests.length > before[i] ? 'abcd'[i] : '')).join('');
}

describe('a target is ejected', () => {
  it.each<[string, Behaviour]>([
    ['5xx', 500],
    ['connections that break before the head', 'reset'],
    ['connections that break behind the head', 'tear'],
  ])('after so many failures in a row: %s', async (_, failure) => {
    const url = await start([200, failure]);
    await send(url, 8);
    await eventually('the ejection', () => changes.length > 0);
    expect(changes).toEqual(['b out 1']);
    expect(await reached(url)).toBe('a');
  });

  it('after replies that do not come in time', async () => {
    const url = await start([200, 'hang'], { timeouts: { headersMs: 400 } });
    await send(url, 4);
    expect(changes).toEqual(['b out 1']);
    expect(await reached(url)).toBe('a');
  });

  it('after connections that cannot be made', async () => {
    const url = await start([200, 200]);
    await targets[1].close();
    await send(url, 4);
    expect(changes).toEqual(['b out 1']);
    expect(await reached(url)).toBe('a');
  });

  it('and comes back after its time; the next time it stays out for longer', async () => {
    const ejections: number[] = [];
    const url = await start([200, 500], {
      passiveHealth: { failuresInRow: 1, ejectMs: 50, ejectMaxMs: 60_000 },
    });
    gateway.gateway.app.get(Events).on(targetEjected, ({ ejectedForMs }) => ejections.push(ejectedForMs));
    for (let i = 1; i <= 3; i++) {
      while (ejections.length < i) await call(url);
      await eventually('the return', () => !group().targets.some(({ fit }) => !fit));
    }
    expect(ejections).toEqual([50, 100, 150]);
    expect(changes).toEqual(['b out 1', 'b back', 'b out 2', 'b back', 'b out 3', 'b back']);
    targets[1].always = 200;
    expect(await reached(url)).toBe('ab');
  });
});

describe('a target is not ejected', () => {
  it('for 4xx', async () => {
    const url = await start([200, 404]);
    await send(url, 12);
    expect(changes).toEqual([]);
  });

  it('for failures with a success between', async () => {
    const url = await start([200, 500]);
    targets[1].next = [500, 200, 500, 200, 500, 200];
    await send(url, 12);
    expect(changes).toEqual([]);
  });

  it('for clients that leave', async () => {
    const url = await start(['hang']);
    for (let i = 0; i < 4; i++) {
      const request = open(url);
      request.on('error', () => undefined).end();
      await eventually('the request', () => targets[0].requests.length > i);
      request.destroy();
      await eventually('the end of the exchange', () => targets[0].sockets.size === 0);
    }
    expect(changes).toEqual([]);
  });

  it('when its upstream has no passive health', async () => {
    const url = await start([200, 500], { passiveHealth: null });
    expect(await reached(url)).toBe('ab');
    expect(await reached(url)).toBe('ab');
  });
});

describe('active and passive health together', () => {
  it('give traffic to those that both speak for', async () => {
    const healthy: Behaviour = (request, response) => response.writeHead(request.url === '/health' ? 200 : 500).end();
    const sick: Behaviour = (request, response) => response.writeHead(request.url === '/health' ? 500 : 200).end();
    const url = await start([200, healthy, sick], { healthCheck: { intervalMs: 100, unhealthyAfter: 1 } });
    await eventually('c is out', () => !group().targets[2].healthy);
    await send(url, 6);
    expect(changes).toEqual(['b out 1']);
    expect(await reachedByTraffic(url)).toBe('a');
    const { json } = await call(`${url}/health`);
    const detail = { status: 'up', targets: 3, healthy: 2, ejected: 1, panic: false };
    expect(json).toMatchObject({ details: { 'upstream:u': detail } });
  });

  async function reachedByTraffic(url: string): Promise<string> {
    const traffic = (target: FailingUpstream): number => target.requests.filter((asked) => asked.url === '/').length;
    const before = targets.map(traffic);
    await send(url, 12);
    return targets.map((target, i) => (traffic(target) > before[i] ? 'abc'[i] : '')).join('');
  }
});

describe('when too few targets are left', () => {
  it('all of them get traffic, until enough are left again', async () => {
    const url = await start([200, 500, 500], {
      panicThresholdPercent: 50,
      passiveHealth: { failuresInRow: 1, ejectMs: 1_500, ejectMaxMs: 1_500 },
    });
    while (changes.length < 2) await call(url);
    targets[1].always = targets[2].always = 200;
    expect(group().panic).toBe(true);
    expect(group().targets.map(({ fit }) => fit)).toEqual([true, false, false]);
    expect(await reached(url)).toBe('abc');
    await eventually('both are back', () => changes.length === 4);
    expect(group().panic).toBe(false);
  });

  it('the last ones get it all where no threshold is set, and all when none is left', async () => {
    const url = await start([200, 500, 500]);
    await send(url, 9);
    expect(changes.toSorted()).toEqual(['b out 1', 'c out 1']);
    expect(await reached(url)).toBe('a');
    targets[0].always = 500;
    await send(url, 2);
    expect(changes).toContain('a out 1');
    expect(await reached(url)).toBe('abc');
    expect((await call(`${url}/health`)).json).toMatchObject({
      details: { 'upstream:u': { status: 'up', ejected: 3, panic: true } },
    });
  });
});

describe('an ejection', () => {
  it('is told by metrics and by the log', async () => {
    const lines: string[] = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
    const url = await start([500]);
    await send(url, 2);
    const { text } = await call(`${url}/metrics`);
    expect(text).toContain('api_gateway_upstream_targets_ejected{upstream="u"} 1');
    expect(text).toContain('api_gateway_upstream_ejections_total{upstream="u"} 1');
    expect(lines).toEqual([
      'upstream u has too few targets left: all get traffic',
      `target ${targets[0].url} of upstream u fails and gets no traffic for ${HOUR_MS} ms`,
    ]);
  });
});
