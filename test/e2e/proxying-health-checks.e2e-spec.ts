import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import type { UpstreamGroup } from '../../apps/gateway/src/upstream/upstream-group.js';
import { UpstreamRegistry } from '../../apps/gateway/src/upstream/upstream-registry.js';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

type Check = NonNullable<NonNullable<ConfigObject['upstreams']>[string]['healthCheck']>;
type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const pass200: Answer = (response) => response.end();
const fail503: Answer = (response) => response.writeHead(503).end();

describe('an active health check', () => {
  const targets: HttpUpstream[] = [];
  const answers: Record<string, Answer> = {};
  let gateway: RunningGateway | undefined;

  beforeAll(async () => {
    for (const name of ['a', 'b', 'c']) {
      targets.push(
        await startHttpUpstream((request, response) => {
          if (request.url?.startsWith('/health') === true) answers[name](response, request);
          else response.end(name);
        }),
      );
    }
  });

  afterEach(async () => {
    await gateway?.close();
    for (const { sockets } of targets) for (const socket of sockets) socket.destroy();
  });

  afterAll(() => Promise.all(targets.map((target) => target.close())));

  async function start(
    checks: readonly Answer[],
    healthCheck: Check = {},
    weights: readonly number[] = [],
  ): Promise<UpstreamGroup> {
    checks.forEach((answer, i) => (answers['abc'[i]] = answer));
    gateway = await startGateway({
      upstreams: {
        checked: {
          targets: checks.map((_, i) => ({ url: targets[i].url, weight: weights[i] ?? 1 })),
          balance: 'round-robin',
          healthCheck: { intervalMs: 100, timeoutMs: 2_000, unhealthyAfter: 1, ...healthCheck },
        },
      },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'checked' }],
    });
    return gateway.gateway.app.get(UpstreamRegistry).get('checked');
  }

  /** Who answers a dozen requests. */
  async function answering(): Promise<string> {
    const found = new Set<string>();
    for (let i = 0; i < 12; i++) {
      const reply = await call(`${gateway?.url}/x`);
      expect(reply.status).toBe(200);
      found.add(reply.text);
    }
    return [...found].sort().join('');
  }

  function checksOf(index: number): IncomingMessage[] {
    return targets[index].requests.filter(({ url }) => url?.startsWith('/health') === true);
  }

  it('leaves a failing target out, and takes it back when it passes again', async () => {
    const { targets: known } = await start([pass200, fail503, pass200]);
    await eventually('b is out', () => !known[1].healthy);
    expect(await answering()).toBe('ac');
    answers.b = pass200;
    await eventually('b is back', () => known[1].healthy);
    expect(await answering()).toBe('abc');
  });

  it('gives traffic to all while nothing is known yet', async () => {
    await start([() => undefined, () => undefined]);
    expect(await answering()).toBe('ab');
  });

  it('gives traffic to all when none is healthy', async () => {
    const { targets: known } = await start([fail503, fail503, fail503]);
    await eventually('all are out', () => known.every(({ healthy }) => !healthy));
    expect(await answering()).toBe('abc');
    answers.c = pass200;
    await eventually('c is back', () => known[2].healthy);
    expect(await answering()).toBe('c');
  });

  it('never gives traffic to a target of weight 0, although it checks it', async () => {
    const group = await start([fail503, pass200], {}, [1, 0]);
    await eventually('a is out', () => !group.targets[0].healthy);
    await eventually('b is checked', () => checksOf(1).length > 0);
    expect(await answering()).toBe('a');
    expect(group.up).toBe(false);
  });

  it('lets as many checks fail as it is told to', async () => {
    const before = checksOf(0).length;
    const { targets: known } = await start([fail503, pass200], { unhealthyAfter: 3 });
    await eventually('a is out', () => !known[0].healthy);
    expect(checksOf(0).length - before).toBeGreaterThanOrEqual(3);
  });

  it('starts to count anew after a check that passes', async () => {
    let count = 0;
    const twoOfThree: Answer = (response) => response.writeHead(++count % 3 === 0 ? 200 : 503).end();
    const { targets: known } = await start([twoOfThree, pass200], { unhealthyAfter: 3 });
    await eventually('three rounds are over', () => count >= 9);
    expect(known[0].healthy).toBe(true);
  });

  it('wants as many checks to pass as it is told to', async () => {
    let passed = 0;
    const { targets: known } = await start([fail503, pass200], { healthyAfter: 3 });
    await eventually('a is out', () => !known[0].healthy);
    answers.a = (response) => {
      if (++passed === 2) fail503(response, response.req);
      else pass200(response, response.req);
    };
    await eventually('a is back', () => known[0].healthy);
    // One, a failure, and three in a row.
    expect(passed).toBeGreaterThanOrEqual(5);
  });

  it.each<[string, Answer]>([
    ['never answers', () => undefined],
    ['never ends its answer', (response) => response.write('so far')],
    [
      'drips its answer',
      (response) => {
        const dripping = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(dripping));
      },
    ],
    ['breaks off', (response) => response.socket?.destroy()],
    [
      'breaks off in the middle',
      (response) => response.writeHead(200, { 'content-length': 10 }).write('abc', () => response.destroy()),
    ],
    ['is missing', (response) => response.writeHead(404).end('no')],
    ['answers with what is not HTTP', (response) => response.socket?.end('hello\r\n\r\n')],
  ])('leaves a target out whose health %s, and holds no connection for it', async (_what, answer) => {
    const { targets: known } = await start([answer, pass200], { timeoutMs: 150 });
    await eventually('a is out', () => !known[0].healthy);
    expect(await answering()).toBe('b');
    const before = checksOf(0).length;
    await eventually('it is asked again', () => checksOf(0).length >= before + 4);
    expect(targets[0].sockets.size).toBeLessThanOrEqual(3);
    answers.a = pass200;
    await eventually('a is back', () => known[0].healthy);
    expect(await answering()).toBe('ab');
  });

  it.each([200, 204, 301, 304])('takes %i for healthy', async (status) => {
    const before = checksOf(0).length;
    const { targets: known } = await start([(response) => response.writeHead(status).end(), pass200]);
    await eventually('it has been asked', () => checksOf(0).length >= before + 3);
    expect(known[0].healthy).toBe(true);
  });

  it('leaves a target out that cannot be reached, until it can', async () => {
    const own = await startHttpUpstream((_request, response) => response.end('own'));
    const { port } = own;
    await own.close();
    answers.a = pass200;
    gateway = await startGateway({
      upstreams: {
        checked: {
          targets: [{ url: own.url }, { url: targets[0].url }],
          balance: 'round-robin',
          healthCheck: { intervalMs: 100, unhealthyAfter: 1 },
        },
      },
      routes: [{ id: 'all', match: { path: '/*' }, upstream: 'checked' }],
    });
    const [first] = gateway.gateway.app.get(UpstreamRegistry).get('checked').targets;
    await eventually('it is out', () => !first.healthy);
    expect(await answering()).toBe('a');
    own.server.listen(port, '127.0.0.1');
    await eventually('it is back', () => first.healthy);
    expect(await answering()).toBe('aown');
    await own.close();
  });

  it('asks for the path that is configured, as itself', async () => {
    const before = checksOf(0).length;
    await start([pass200], { path: '/health?deep=1' });
    await eventually('it has been asked', () => checksOf(0).length > before);
    const [{ method, url, headers }] = checksOf(0).slice(before);
    expect({ method, url }).toEqual({ method: 'GET', url: '/health?deep=1' });
    expect(headers).toMatchObject({ host: `127.0.0.1:${targets[0].port}`, 'user-agent': 'sluice-health-check' });
  });

  it('ends with the gateway, also while one is under way', async () => {
    await start([() => undefined], { timeoutMs: 10_000 });
    const before = checksOf(0).length;
    await eventually('it has been asked', () => checksOf(0).length > 0);
    await gateway?.close();
    await eventually('its connection is closed', () => targets[0].sockets.size === 0);
    await pass(250);
    expect(checksOf(0).length).toBeLessThanOrEqual(before + 1);
  });
});
