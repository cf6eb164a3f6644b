import type { ClientRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { bulkheadRefused } from '../../apps/gateway/src/resilience/events.js';
import { Events } from '../../apps/gateway/src/pipeline/contract/events.js';
import { requestEnded, requestStarted } from '../../apps/gateway/src/pipeline/request-events.js';
import { call, complete, open, type Reply } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { expectProblem } from '../helpers/expect-problem.js';
import { startFailingUpstream, type FailingUpstream } from '../helpers/failing-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Upstream = NonNullable<ConfigObject['upstreams']>[string];

let upstream: FailingUpstream;
let gateway: RunningGateway;
/** What the gateway of the test has seen. */
let seen: { started: number; ended: number; refused: number };

beforeAll(async () => {
  upstream = await startFailingUpstream();
});

afterEach(async () => {
  upstream.hanging.length = 0;
  upstream.always = 200;
  await gateway.close();
  for (const socket of upstream.sockets) socket.destroy();
});

afterAll(() => upstream.close());

async function start(bulkhead: Upstream['bulkhead'], more: Partial<Upstream> = {}): Promise<string> {
  const targets = [{ url: upstream.url }];
  gateway = await startGateway({
    upstreams: { u: { targets, bulkhead, ...more }, bare: { targets } },
    routes: [
      { id: 'a', match: { path: '/a/*' }, upstream: 'u' },
      { id: 'b', match: { path: '/b/*' }, upstream: 'u' },
      { id: 'bare', match: { path: '/bare/*' }, upstream: 'bare' },
    ],
  });
  const events = gateway.gateway.app.get(Events);
  const counts = { started: 0, ended: 0, refused: 0 };
  seen = counts;
  events.on(bulkheadRefused, () => void counts.refused++);
  events.on(requestStarted, () => void counts.started++);
  events.on(requestEnded, () => void counts.ended++);
  return gateway.url;
}

interface Asked {
  readonly request: ClientRequest;
  readonly reply: Promise<Reply>;
}

/** Sends a request and waits until the gateway has it. */
async function ask(url: string): Promise<Asked> {
  const before = seen.started;
  const request = open(url);
  const reply = new Promise<Reply>((resolve, reject) => {
    request.on('response', (message) => void complete(message).then(resolve, reject));
    request.on('error', reject);
  });
  reply.catch(() => undefined);
  request.end();
  await eventually('the request', () => seen.started > before);
  return { request, reply };
}

/** Takes all places but leaves the upstream hanging. */
async function fill(url: string, places: number): Promise<Asked[]> {
  upstream.always = 'hang';
  const asked: Asked[] = [];
  for (let i = 0; i < places; i++) asked.push(await ask(`${url}/a/x`));
  await eventually('the upstream is busy', () => upstream.hanging.length === places);
  return asked;
}

describe('a bulkhead', () => {
  it('refuses what finds no place, on every route to the upstream, and leaves others alone', async () => {
    const url = await start({ concurrentMax: 2 });
    const [first] = await fill(url, 2);
    const before = upstream.requests.length;
    for (const path of ['/a/x', '/b/x']) {
      const reply = await call(url + path);
      expectProblem(reply, 503, 'upstream-overloaded');
      expect(reply.field('retry-after')).toBe('1');
    }
    expect(seen.refused).toBe(2);
    expect(upstream.requests).toHaveLength(before);
    upstream.always = 200;
    expect((await call(`${url}/bare/x`)).status).toBe(200);
    upstream.hanging[0].end();
    expect((await first.reply).status).toBe(200);
    await eventually('the place is free', () => seen.ended === 4);
    expect((await call(`${url}/b/x`)).status).toBe(200);
    const { text } = await call(`${url}/metrics`);
    expect(text).toContain('api_gateway_bulkhead_rejected_total{upstream="u"} 2');
  });

  it('loses no place to requests that fail, are refused, or whose client leaves', async () => {
    const url = await start({ concurrentMax: 1 });
    for (let round = 0; round < 5; round++) {
      const [running] = await fill(url, 1);
      expect((await call(`${url}/a/x`)).status).toBe(503);
      running.request.destroy();
      await eventually('the end of all', () => seen.ended === seen.started);
      upstream.hanging.length = 0;
      upstream.always = 'tear';
      await expect(call(`${url}/a/x`)).rejects.toThrow();
      upstream.always = 500;
      await eventually('the end of all', () => seen.ended === seen.started);
      expect((await call(`${url}/a/x`)).status).toBe(500);
      await eventually('the end of all', () => seen.ended === seen.started);
    }
  });

  it('holds one place for a request over all its tries', async () => {
    const url = await start({ concurrentMax: 1 }, { retry: { attempts: 3, baseMs: 0 } });
    upstream.next = [503, 503, 200];
    expect((await call(`${url}/a/x`)).status).toBe(200);
    await eventually('the end', () => seen.ended === seen.started);
    expect((await call(`${url}/a/x`)).status).toBe(200);
  });
});

describe('the queue of a bulkhead', () => {
  it('lets requests in in the order in which they came, and refuses when it is full', async () => {
    const url = await start({ concurrentMax: 1, queueMax: 2, queueTimeoutMs: 20_000 });
    const [running] = await fill(url, 1);
    const second = await ask(`${url}/a/second`);
    const third = await ask(`${url}/b/third`);
    expectProblem(await call(`${url}/a/x`), 503, 'upstream-overloaded');
    upstream.always = 200;
    upstream.hanging[0].end();
    const replies = await Promise.all([running.reply, second.reply, third.reply]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(upstream.requests.slice(-2).map((request) => request.url)).toEqual(['/a/second', '/b/third']);
  });

  it('refuses a request that has waited too long', async () => {
    const url = await start({ concurrentMax: 1, queueMax: 1, queueTimeoutMs: 50 });
    const [running] = await fill(url, 1);
    const before = upstream.requests.length;
    expectProblem(await (await ask(`${url}/a/late`)).reply, 503, 'upstream-overloaded');
    expect(upstream.requests).toHaveLength(before);
    upstream.hanging[0].end();
    expect((await running.reply).status).toBe(200);
    await eventually('the end of all', () => seen.ended === seen.started);
    upstream.always = 200;
    expect((await call(`${url}/a/x`)).status).toBe(200);
  });

  it('has a place again at once when the client of a waiting request leaves', async () => {
    const url = await start({ concurrentMax: 1, queueMax: 1, queueTimeoutMs: 20_000 });
    const [running] = await fill(url, 1);
    const leaving = await ask(`${url}/a/leaving`);
    expect((await call(`${url}/a/x`)).status).toBe(503);
    const endedBefore = seen.ended;
    leaving.request.destroy();
    await eventually('the end of the leaving request', () => seen.ended > endedBefore);
    const waiting = await ask(`${url}/a/waiting`);
    upstream.always = 200;
    upstream.hanging[0].end();
    expect((await running.reply).status).toBe(200);
    expect((await waiting.reply).status).toBe(200);
    expect(upstream.requests.map((request) => request.url)).not.toContain('/a/leaving');
  });

  it('asks the breaker when a place is free, and not before', async () => {
    const breaker = { volumeThreshold: 1, resetMs: 3_600_000 };
    const url = await start({ concurrentMax: 1, queueMax: 1, queueTimeoutMs: 20_000 }, { breaker });
    const [running] = await fill(url, 1);
    const waiting = await ask(`${url}/a/waiting`);
    const before = upstream.requests.length;
    upstream.hanging[0].writeHead(500).end();
    expect((await running.reply).status).toBe(500);
    expectProblem(await waiting.reply, 503, 'breaker-open');
    expect(upstream.requests).toHaveLength(before);
  });
});
