import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { LogLines } from '../helpers/log-lines.js';
import { OtlpCollector, type CollectedSpan } from '../helpers/otlp-collector.js';
import { stageOf } from '../helpers/stage-of.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const WAIT_MS = 20;

const waiting = stageOf(
  {
    async request(context) {
      await pass(WAIT_MS);
      if (context.head.field('x-fail') !== undefined) throw new Error('of the test');
      return undefined;
    },
  },
  'quota',
);

describe('the spans of a request', () => {
  const lines = new LogLines();
  let collector: OtlpCollector;
  let upstream: HttpUpstream;
  let gateway: RunningGateway;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeAll(async () => {
    collector = await OtlpCollector.start();
    upstream = await startHttpUpstream((request, response) => answer(request, response));
    gateway = await startGateway(
      {
        telemetry: {
          tracing: {
            enabled: true,
            endpoint: `${collector.url}/`,
            ratio: 1,
            intervalMs: 20,
            serviceName: 'edge',
            headers: { 'x-tenant': 'ours' },
          },
        },
        upstreams: { users: { targets: [{ url: upstream.url }] }, gone: { targets: [{ url: 'http://127.0.0.1:1' }] } },
        routes: [
          { id: 'users', match: { path: '/users/*' }, upstream: 'users' },
          { id: 'slow', match: { path: '/slow' }, upstream: 'users', timeoutMs: 50 },
          { id: 'gone', match: { path: '/gone' }, upstream: 'gone' },
          { id: 'rewritten', match: { path: '/old/*' }, upstream: 'users', rewrite: { stripPrefix: '/old' } },
        ],
      },
      { stages: [waiting], logTo: lines },
    );
  });

  afterEach(() => {
    collector.spans.length = 0;
    lines.raw.length = 0;
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
    await collector.close();
  });

  /** The spans of the one request under way, with the server's first. The server's ends last. */
  async function collected(): Promise<[CollectedSpan, ...CollectedSpan[]]> {
    const server = (): CollectedSpan | undefined => collector.spans.find(({ kind }) => kind === 'server');
    await eventually('the span of the server has come', () => server() !== undefined);
    const rest = collector.spans.filter(({ kind }) => kind !== 'server').sort((a, b) => a.startedAt - b.startedAt);
    return [server() as CollectedSpan, ...rest];
  }

  function upstreamTraceparent(): string | undefined {
    return upstream.requests.at(-1)?.headers.traceparent?.toString();
  }

  it('are one of the server, one of the stage that waited, and one of the try, which the upstream is told of', async () => {
    answer = (_, response) => setTimeout(() => response.end('hello'), WAIT_MS);
    const reply = await call(`${gateway.url}/users/7?token=hunter2&page=2`, {
      headers: { host: 'api.example:81', 'user-agent': 'a test' },
    });
    const [server, stage, attempt, ...more] = await collected();
    expect(more).toEqual([]);
    expect(server).toMatchObject({
      name: 'GET users',
      kind: 'server',
      parentSpanId: '',
      failed: false,
      attributes: {
        'http.request.method': 'GET',
        'http.route': 'users',
        'http.response.status_code': 200,
        'url.scheme': 'http',
        'url.path': '/users/7',
        'url.query': 'token=[redacted]&page=2',
        'server.address': 'api.example',
        'server.port': 81,
        'client.address': '127.0.0.1',
        'network.protocol.version': '1.1',
        'user_agent.original': 'a test',
        'sluice.request_id': reply.field('x-request-id'),
        'sluice.outcome': 'completed',
      },
      resource: { 'service.name': 'edge' },
    });
    expect(server.attributes).not.toHaveProperty('error.type');
    expect(stage).toMatchObject({ name: 'stage quota', kind: 'internal', parentSpanId: server.spanId });
    expect(stage.endedAt - stage.startedAt).toBeGreaterThanOrEqual(WAIT_MS - 2);
    expect(attempt).toMatchObject({
      name: 'GET',
      kind: 'client',
      parentSpanId: server.spanId,
      failed: false,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'url.full': `${upstream.url}/users/7?token=[redacted]&page=2`,
        'server.address': '127.0.0.1',
        'server.port': upstream.port,
        'sluice.upstream': 'users',
      },
    });
    expect(attempt.endedAt - attempt.startedAt).toBeGreaterThanOrEqual(WAIT_MS - 2);
    for (const inner of [stage, attempt]) {
      expect(inner.traceId).toBe(server.traceId);
      expect(inner.startedAt).toBeGreaterThanOrEqual(server.startedAt);
      expect(inner.endedAt).toBeLessThanOrEqual(server.endedAt);
    }
    expect(Math.abs(server.startedAt - Date.now())).toBeLessThan(10_000);
    expect(upstreamTraceparent()).toBe(`00-${server.traceId}-${attempt.spanId}-01`);
    expect((await lines.next()).trace).toBe(server.traceId);
  });

  it('go on where the client’s end, with its state, when that is recorded', async () => {
    answer = (_, response) => response.end();
    await call(`${gateway.url}/users/1`, {
      headers: { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'rojo=1,congo=2', baggage: 'a=1' },
    });
    const [server, , attempt] = await collected();
    expect(server).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, traceState: 'rojo=1,congo=2' });
    expect(attempt).toMatchObject({ traceId: TRACE, parentSpanId: server.spanId });
    expect(upstreamTraceparent()).toBe(`00-${TRACE}-${attempt.spanId}-01`);
    expect(upstream.requests.at(-1)?.headers).toMatchObject({ tracestate: 'rojo=1,congo=2', baggage: 'a=1' });
  });

  it('are none when the client does not record its trace, which goes on unchanged', async () => {
    answer = (_, response) => response.end();
    await call(`${gateway.url}/users/1`, { headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
    expect(upstreamTraceparent()).toBe(`00-${TRACE}-${PARENT}-00`);
    await call(`${gateway.url}/users/2`);
    await collected();
    expect(collector.spans.filter(({ traceId }) => traceId === TRACE)).toEqual([]);
  });

  it('are one for each try, and each is told to its upstream', async () => {
    const told: (string | undefined)[] = [];
    answer = (request, response) => {
      told.push(request.headers.traceparent?.toString());
      if (told.length === 1) request.socket.destroy();
      else response.writeHead(404).end();
    };
    await call(`${gateway.url}/users/1`);
    const [server, , first, second] = await collected();
    expect(first).toMatchObject({ failed: true, attributes: { 'error.type': 'reset' } });
    expect(second).toMatchObject({
      failed: true,
      attributes: { 'http.response.status_code': 404, 'error.type': '404', 'http.request.resend_count': 1 },
    });
    expect(first.attributes).not.toHaveProperty('http.request.resend_count');
    expect(told).toEqual([first, second].map(({ spanId }) => `00-${server.traceId}-${spanId}-01`));
    // A client error is none of the server.
    expect(server).toMatchObject({ failed: false, attributes: { 'http.response.status_code': 404 } });
  });

  it('tell what went wrong', async () => {
    await call(`${gateway.url}/gone`);
    const [server, , attempt] = await collected();
    expect(attempt).toMatchObject({ failed: true, attributes: { 'error.type': 'connect-failed' } });
    expect(server).toMatchObject({
      failed: true,
      attributes: { 'http.response.status_code': 502, 'error.type': 'upstream-unreachable' },
    });
  });

  it('tell that the time was up', async () => {
    answer = () => undefined;
    await call(`${gateway.url}/slow`);
    const [server, , attempt] = await collected();
    expect(attempt).toMatchObject({ failed: true, attributes: { 'error.type': 'headers-timeout' } });
    expect(server).toMatchObject({ failed: true, attributes: { 'http.response.status_code': 504 } });
  });

  it('tell that a stage failed, and that nothing was asked', async () => {
    await call(`${gateway.url}/users/1`, { headers: { 'x-fail': 'yes' } });
    const [server, stage, ...more] = await collected();
    expect(more).toEqual([]);
    expect(stage).toMatchObject({ name: 'stage quota', failed: true });
    expect(server).toMatchObject({ failed: true, attributes: { 'error.type': 'internal-error' } });
  });

  it('have a bounded name, whatever method and path a client invents', async () => {
    await call(`${gateway.url}/nowhere/at/all`, { method: 'PROPFIND' });
    const [server] = await collected();
    expect(server).toMatchObject({
      name: '_OTHER',
      attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' },
    });
    expect(server.attributes).not.toHaveProperty('http.route');
  });

  it('do not tell a path that the upstream did not get', async () => {
    answer = (_, response) => response.end();
    await call(`${gateway.url}/old/users`);
    const [, , attempt] = await collected();
    expect(attempt.attributes).not.toHaveProperty('url.full');
  });

  it('go to the address and with the fields of the configuration', () => {
    expect(collector.messages.length).toBeGreaterThan(0);
    for (const { path, headers } of collector.messages) {
      expect([path, headers['x-tenant']]).toEqual(['/v1/traces', 'ours']);
    }
  });
});
