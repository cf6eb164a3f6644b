import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { Events } from '../../apps/gateway/src/pipeline/contract/events.js';
import { Breakers } from '../../apps/gateway/src/resilience/breakers.js';
import { breakerChanged } from '../../apps/gateway/src/resilience/events.js';
import { targetEjected } from '../../apps/gateway/src/upstream/events.js';
import { UpstreamRegistry } from '../../apps/gateway/src/upstream/upstream-registry.js';
import { call, open } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { startFailingUpstream, type FailingUpstream } from '../helpers/failing-upstream.js';
import { startWorkers, type RunningWorkers } from '../helpers/start-workers.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];

const HOUR_MS = 3_600_000;
const DAY_S = 86_400;

let upstream: FailingUpstream;
let running: RunningWorkers | null = null;

beforeAll(async () => {
  upstream = await startFailingUpstream();
});

afterEach(async () => {
  for (const socket of upstream.sockets) socket.destroy();
  await running?.close();
  running = null;
  upstream.next = [];
  upstream.always = 200;
  upstream.hanging.length = 0;
});

afterAll(() => upstream.close());

/** Two workers before the upstream. @returns their addresses */
async function start(more: Partial<Upstream>, top: ConfigObject = {}): Promise<readonly [string, string]> {
  running = await startWorkers(2, {
    ...top,
    upstreams: { u: { targets: [{ url: upstream.url }], ...more } },
    routes: [{ id: 'r', match: { path: '/*' }, upstream: 'u', ...top.routes?.[0] }],
  });
  const [first, second] = running.workers;
  return [first.url, second.url];
}

function told<T>(key: Parameters<Events['on']>[0], read: (event: never) => T): T[] {
  const seen: T[] = [];
  for (const { gateway } of running?.workers ?? []) {
    gateway.app.get(Events).on(key, (event) => seen.push(read(event as never)));
  }
  return seen;
}

async function statuses(urls: readonly string[]): Promise<number[]> {
  const seen: number[] = [];
  for (const url of urls) seen.push((await call(url)).status);
  return seen;
}

const alternating = (urls: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, i) => urls[i % urls.length]);

/** The value of one series, as a worker tells it. */
async function metric(url: string, series: string): Promise<number | undefined> {
  const { text } = await call(`${url}/metrics`);
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('workers', () => {
  it.each(['gcra', 'sliding-window'] as const)(
    'let as many requests through as one would, by %s',
    async (algorithm) => {
      const rateLimit = { policies: [{ name: 'all', by: 'ip' as const, algorithm, burst: 7, windowS: DAY_S }] };
      const urls = await start({}, { rateLimit });
      const replies = await Promise.all(alternating(urls, 40).map((url) => call(url)));
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(7);
      expect(replies.filter(({ status }) => status === 429)).toHaveLength(33);
      expect(await Promise.all(urls.map((url) => metric(url, 'api_gateway_rate_limiter_active')))).toEqual([1, 1]);
    },
  );

  it('see at once that a breaker has opened elsewhere, of which one of them tells', async () => {
    const urls = await start({ breaker: { volumeThreshold: 4, resetMs: HOUR_MS } });
    const changes = told(breakerChanged, ({ to }: { to: string }) => to);
    upstream.always = 500;
    // Neither has seen enough failures for itself.
    expect(await statuses(alternating(urls, 4))).toEqual([500, 500, 500, 500]);
    const reached = upstream.requests.length;
    expect(await statuses(urls)).toEqual([503, 503]);
    expect(upstream.requests).toHaveLength(reached);
    expect(changes).toEqual(['open']);
    const transitions = 'api_gateway_circuit_breaker_transitions_total{upstream="u",to="open"}';
    for (const url of urls) {
      expect(await metric(url, 'api_gateway_circuit_breaker_state{upstream="u"}')).toBe(1);
      expect(await metric(url, transitions)).toBe(1);
    }
  });

  it('obey an order that was given to any of them', async () => {
    const [first, second] = await start({ breaker: { volumeThreshold: 4 } });
    const order = (url: string, state: string) =>
      call(`${url}/admin/breakers/u`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state }),
      });
    expect((await order(first, 'open')).status).toBe(200);
    expect(await statuses([first, second])).toEqual([503, 503]);
    await order(second, 'closed');
    expect(await statuses([first, second])).toEqual([200, 200]);
  });

  it('let one probe through when the breaker is half-open', async () => {
    const urls = await start({ breaker: { volumeThreshold: 2, resetMs: 2_000 } });
    const breakerOf = (at: number) => running?.workers[at].gateway.app.get(Breakers).get('u');
    upstream.always = 500;
    await statuses(urls);
    await eventually('the half-open breaker', () => breakerOf(1)?.state === 'half-open');
    upstream.next = ['hang'];
    const probe = open(urls[0]);
    probe.on('error', () => undefined).end();
    await eventually('the probe', () => upstream.hanging.length === 1);
    expect(breakerOf(1)?.admits).toBe(false);
    expect(await statuses([urls[1]])).toEqual([503]);
    upstream.hanging[0].end();
    await eventually('the closed breaker', () => breakerOf(1)?.state === 'closed');
  });

  it('have the places of a bulkhead in common', async () => {
    const [first, second] = await start({ bulkhead: { concurrentMax: 1 } });
    upstream.next = ['hang'];
    const holding = call(first);
    await eventually('the request that holds the place', () => upstream.hanging.length === 1);
    expect(await statuses([second])).toEqual([503]);
    upstream.hanging[0].end();
    await holding;
    expect(await statuses([second])).toEqual([200]);
  });

  it('check the health of a target once, and all go by it', async () => {
    const checks = (): number => upstream.requests.filter(({ url }) => url === '/health').length;
    const before = checks();
    upstream.always = (request, response) => response.writeHead(request.url === '/health' ? 500 : 200).end();
    const urls = await start({ healthCheck: { path: '/health', intervalMs: HOUR_MS, unhealthyAfter: 1 } });
    await eventually('the verdict', () => !groupOf(1).targets[0].healthy);
    expect(checks() - before).toBe(1);
    expect(groupOf(1).up).toBe(false);
    for (const url of urls) {
      expect(await metric(url, 'api_gateway_upstream_targets{upstream="u",state="unhealthy"}')).toBe(1);
    }
  });

  it('eject a target together, and know of each other’s requests', async () => {
    const spare = await startFailingUpstream();
    try {
      const targets = [{ url: upstream.url }, { url: spare.url }];
      const passiveHealth = { failuresInRow: 4, ejectMs: HOUR_MS, ejectMaxMs: HOUR_MS };
      const urls = await start({ targets, balance: 'round-robin', passiveHealth, panicThresholdPercent: 0 });
      const ejections = told(targetEjected, ({ target }: { target: string }) => target);
      upstream.always = 500;
      // Each worker takes turns between the two targets.
      const seen = await statuses([urls[0], urls[0], urls[0], urls[0], urls[1], urls[1], urls[1], urls[1]]);
      expect(seen.filter((status) => status === 500)).toHaveLength(4);
      expect(await statuses(alternating(urls, 6))).toEqual([200, 200, 200, 200, 200, 200]);
      expect(ejections).toEqual([upstream.url]);
      expect(groupOf(0).targets[0].passive?.ejected).toBe(true);
      spare.next = ['hang'];
      const held = call(urls[0]);
      await eventually('the request under way', () => spare.hanging.length === 1);
      expect(groupOf(1).targets[1].active).toBe(1);
      spare.hanging[0].end();
      await held;
      expect(groupOf(1).targets[1].active).toBe(0);
    } finally {
      for (const socket of spare.sockets) socket.destroy();
      await spare.close();
    }
  });

  it('add up what they count, whichever is asked', async () => {
    const urls = await start({});
    await statuses([urls[0], urls[1], urls[1]]);
    upstream.next = [418];
    await call(urls[1]);
    const requests = (status: number): string =>
      `api_gateway_requests_total{method="GET",route="r",status="${status}"}`;
    const durations = 'api_gateway_request_duration_seconds_count{method="GET",route="r"}';
    for (const url of urls) {
      await eventuallyMetric(url, requests(200), 3);
      await eventuallyMetric(url, requests(418), 1);
      await eventuallyMetric(url, durations, 4);
      await eventuallyMetric(url, 'api_gateway_upstream_requests_total{upstream="u",outcome="2xx"}', 3);
    }
  });
});

function groupOf(worker: number) {
  if (running === null) throw new Error('no workers are running');
  return running.workers[worker].gateway.app.get(UpstreamRegistry).get('u');
}

/** A request is counted once its reply is written, of which the client may hear earlier. */
async function eventuallyMetric(url: string, series: string, wanted: number): Promise<void> {
  let seen: number | undefined;
  for (let look = 0; look < 50 && seen !== wanted; look++) seen = await metric(url, series);
  expect([series, seen]).toEqual([series, wanted]);
}
