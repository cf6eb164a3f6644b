import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem, problems, type Identity } from '@app/gateway';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call, open } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { LogLines } from '../helpers/log-lines.js';
import { stageOf } from '../helpers/stage-of.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const PHASE_MS = 30;

const identity: Identity = {
  provider: 'test',
  subject: 'ada',
  tenant: 'acme',
  apiKey: '',
  roles: [],
  permissions: [],
  claims: {},
};

/** Lets requests pass after a while, as somebody’s. */
const waiting = stageOf({
  async request(context) {
    if (context.head.field('x-refuse') !== undefined) return new Problem(problems.bodyTooLarge);
    await pass(PHASE_MS);
    context.identity = identity;
    return undefined;
  },
});

describe('the line of a request', () => {
  const lines = new LogLines();
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => answer(request, response));
    gateway = await startGateway(
      {
        telemetry: { logs: { fields: ['user-agent', 'authorization', 'x-absent'] } },
        upstreams: { users: { targets: [{ url: upstream.url }] }, gone: { targets: [{ url: 'http://127.0.0.1:1' }] } },
        routes: [
          { id: 'users', match: { path: '/users/*' }, upstream: 'users' },
          { id: 'gone', match: { path: '/gone' }, upstream: 'gone' },
          { id: 'unlogged', match: { path: '/unlogged' }, respond: { status: 500 }, log: { requests: false } },
        ],
      },
      { stages: [waiting], logTo: lines },
    );
  });

  afterEach(() => {
    lines.raw.length = 0;
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  it('tells who asked, what became of it, who served it, and how long the phases took', async () => {
    answer = (_, response) => setTimeout(() => response.end('twelve bytes'), PHASE_MS);
    const before = Date.now();
    const reply = await call(`${gateway.url}/users/7?page=2`, {
      headers: { host: 'api.example', 'user-agent': 'a test' },
    });
    const line = await lines.next();
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      kind: 'request',
      id: reply.field('x-request-id'),
      trace: upstream.requests[0].headers.traceparent?.toString().slice(3, 35),
      method: 'GET',
      host: 'api.example',
      path: '/users/7?page=2',
      client: '127.0.0.1',
      route: 'users',
      tenant: 'acme',
      upstream: 'users',
      target: upstream.url,
      tries: 1,
      status: 200,
      outcome: 'completed',
      bytes: 12,
      fields: { 'user-agent': 'a test' },
      ms: {
        admission: expect.any(Number),
        connect: expect.any(Number),
        firstByte: expect.any(Number),
        total: expect.any(Number),
      },
    });
    expect(Date.parse(line.time)).toBeGreaterThanOrEqual(before);
    const { admission, connect, firstByte, total } = line.ms;
    // Timers may fire a millisecond early.
    expect(admission).toBeGreaterThanOrEqual(PHASE_MS - 2);
    expect(firstByte).toBeGreaterThanOrEqual(PHASE_MS - 2);
    expect(connect).toBeLessThanOrEqual(firstByte);
    expect(total).toBeGreaterThanOrEqual(admission + firstByte - 0.01);
  });

  it('of an error of the upstream is an error', async () => {
    answer = (_, response) => response.writeHead(503).end();
    await call(`${gateway.url}/users/1`);
    expect(await lines.next()).toMatchObject({ level: 'error', status: 503, upstream: 'users', outcome: 'completed' });
  });

  it('of what a service refuses is no more than information', async () => {
    answer = (_, response) => response.writeHead(404).end();
    await call(`${gateway.url}/users/1`);
    expect(await lines.next()).toMatchObject({ level: 'info', status: 404, upstream: 'users' });
  });

  it('of an upstream that is not there names the problem, and has no time to connect', async () => {
    await call(`${gateway.url}/gone`);
    const line = await lines.next();
    expect(line).toMatchObject({
      level: 'error',
      status: 502,
      problem: 'upstream-unreachable',
      tries: 1,
      upstream: 'gone',
    });
    expect(Object.keys(line.ms)).toEqual(['admission', 'total']);
  });

  it('of what the gateway refuses is a warning, with the problem', async () => {
    await call(`${gateway.url}/users/1`, { headers: { 'x-refuse': 'yes' } });
    const line = await lines.next();
    expect(line).toMatchObject({ level: 'warn', status: 413, problem: 'body-too-large', tries: 0, route: 'users' });
    expect(Object.keys(line.ms)).toEqual(['total']);
  });

  it('of a request without a route says so', async () => {
    await call(`${gateway.url}/nowhere`);
    expect(await lines.next()).toMatchObject({ level: 'warn', status: 404, problem: 'no-route', route: '-' });
  });

  it('of a client that left before the reply has status 499', async () => {
    let asked = false;
    answer = () => (asked = true);
    const request = open(`${gateway.url}/users/1`);
    request.on('error', () => undefined);
    request.end();
    await eventually('the upstream is asked', () => asked);
    request.destroy();
    expect(await lines.next()).toMatchObject({ level: 'warn', status: 499, outcome: 'client-gone' });
  });

  it('of a reply that the upstream broke off is an error', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setTimeout(() => response.destroy(), 5);
    };
    await expect(call(`${gateway.url}/users/1`)).rejects.toThrow();
    expect(await lines.next()).toMatchObject({ level: 'error', status: 200, outcome: 'cut' });
  });

  it('is not written where the route wants none', async () => {
    await call(`${gateway.url}/unlogged`);
    await call(`${gateway.url}/nowhere`);
    expect(await lines.next()).toMatchObject({ route: '-' });
  });

  it('is not written for the control plane', async () => {
    await call(`${gateway.url}/health`);
    await call(`${gateway.url}/nowhere`);
    expect(await lines.next()).toMatchObject({ route: '-' });
  });
});
