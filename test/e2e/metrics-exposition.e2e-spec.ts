import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { call, open, type Reply } from '../helpers/call.js';
import { pass } from '../helpers/eventually.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';
import { startGateway, type RunningGateway } from '../helpers/start-gateway.js';

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

describe('metrics', () => {
  let upstream: HttpUpstream;
  let sockets: WebSocketServer;
  let gateway: RunningGateway;

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      if (request.url !== '/api/held') response.end('{}');
    });
    sockets = new WebSocketServer({ server: upstream.server });
    gateway = await startGateway({
      upstreams: { users: { targets: [{ url: upstream.url }], keepAlive: { connectionsMax: 1 } } },
      telemetry: { budget: { p95Ms: 200 } },
      routes: [
        { id: 'api', match: { path: '/api/*' }, upstream: 'users', budget: { p95Ms: 120 } },
        { id: 'usual', match: { path: '/usual' }, respond: { body: 'usual' } },
        { id: 'free', match: { path: '/free' }, respond: { body: 'free' }, budget: null },
        { id: 'sockets', match: { path: '/sockets' }, upstream: 'users', websocket: true },
      ],
    });
    for (const path of ['/api/1', '/usual', '/free']) await call(gateway.url + path, { headers: { traceparent } });
  });
  afterAll(async () => {
    await gateway?.close();
    sockets?.close();
    await upstream?.close();
  });

  const scrape = (headers: Record<string, string> = {}): Promise<Reply> => call(`${gateway.url}/metrics`, { headers });
  const linesOf = async (pattern: RegExp): Promise<string[]> =>
    (await scrape()).text.split('\n').filter((line) => pattern.test(line));
  /** Scrapes until the lines are as they must become. */
  const untilLines = async (pattern: RegExp, wanted: readonly string[]): Promise<void> => {
    for (let look = 0; look < 100; look++) {
      const lines = await linesOf(pattern);
      if (lines.join('\n') === wanted.join('\n')) return;
      await pass(20);
    }
    expect(await linesOf(pattern)).toEqual(wanted);
  };
  const bounds = async (route: string): Promise<string[]> =>
    (await linesOf(new RegExp(`^api_gateway_request_duration_seconds_bucket.*route="${route}"`))).map(
      (line) => /le="([^"]+)"/.exec(line)?.[1] ?? '',
    );

  it('come in the text format of Prometheus, whoever asks without saying how', async () => {
    const reply = await scrape();
    expect(reply.field('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(reply.text).not.toContain('trace_id');
    expect(reply.text.endsWith('\n')).toBe(true);
  });

  it('come in OpenMetrics when that is asked for, with the trace of a request behind its bucket', async () => {
    const reply = await scrape({ accept: OPENMETRICS });
    expect(reply.field('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(reply.text.endsWith('\n# EOF\n')).toBe(true);
    const exemplar = new RegExp(
      `route="usual",le="[^"]+"} 1 # {trace_id="${TRACE_ID}"} [\\d.e-]+ \\d{10}(?:\\.\\d+)?$`,
      'm',
    );
    expect(reply.text).toMatch(exemplar);
  });

  it('bound a bucket at the budget of each route: its own, that of all, or none', async () => {
    expect(await bounds('api')).toContain('0.12');
    expect(await bounds('usual')).toContain('0.2');
    const free = await bounds('free');
    expect(free).toContain('1.0');
    expect(free).not.toContain('0.2');
  });

  it('are found by what is usually watched', async () => {
    const watched = (await linesOf(/active_requests|duration|rate_limiter|circuit_breaker/)).join('\n');
    expect(watched).toMatch(/^api_gateway_active_requests 0$/m);
    expect(watched).toMatch(/^api_gateway_request_duration_seconds_count\{method="GET",route="api"\} 1$/m);
    expect(watched).toMatch(/^api_gateway_upstream_duration_seconds_count\{upstream="users"\} 1$/m);
  });

  it.each([
    'api_gateway_config_info',
    'nodejs_eventloop_lag_p99_seconds',
    'nodejs_eventloop_time_seconds_total{state="active"}',
    'nodejs_eventloop_time_seconds_total{state="idle"}',
    'nodejs_gc_duration_seconds_count',
    'nodejs_heap_size_used_bytes',
    'nodejs_active_resources_total',
    'nodejs_active_handles_total',
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
  ])('tell how Node is: %s', async (name) => {
    expect((await scrape()).text).toContain(`\n${name}`);
  });

  it('tell how many connections to an upstream are open and idle, and how many requests wait for one', async () => {
    const standing = (opened: number, idle: number, waiting: number): Promise<void> =>
      untilLines(/^api_gateway_upstream_(?:connections|requests_waiting)/, [
        `api_gateway_upstream_connections_open{upstream="users"} ${opened}`,
        `api_gateway_upstream_connections_idle{upstream="users"} ${idle}`,
        `api_gateway_upstream_requests_waiting{upstream="users"} ${waiting}`,
      ]);
    await standing(1, 1, 0);
    const held = [open(`${gateway.url}/api/held`), open(`${gateway.url}/api/held`)];
    for (const request of held) request.on('error', () => undefined).end();
    await standing(1, 0, 1);
    for (const request of held) request.destroy();
  });

  it('tell how many targets of an upstream are healthy', async () => {
    expect(await linesOf(/^api_gateway_upstream_targets\{/)).toEqual([
      'api_gateway_upstream_targets{upstream="users",state="healthy"} 1',
      'api_gateway_upstream_targets{upstream="users",state="unhealthy"} 0',
    ]);
  });

  it('count an upgraded connection, but not its life as a duration', async () => {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/sockets`);
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
    await untilLines(/route="sockets"/, ['api_gateway_requests_total{method="GET",route="sockets",status="101"} 1']);
  });
});
