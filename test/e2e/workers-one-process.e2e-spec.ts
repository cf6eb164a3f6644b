import { Agent } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, type CallOptions, type Reply } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { GatewayProcess } from '../helpers/gateway-process.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';

const WORKERS = 2;
const LIMIT = 40;

describe('a gateway with two workers speaks for both, whichever is asked', () => {
  let upstream: HttpUpstream;
  let gateway: GatewayProcess;
  let url: string;
  let asked = 0;
  /** Connections that are kept, one to each worker. */
  const agents: Agent[] = [];

  beforeAll(async () => {
    upstream = await startHttpUpstream((request, response) => {
      asked++;
      response.writeHead(200, { 'cache-control': 'max-age=600' });
      response.end(`${request.method} ${asked}`);
    });
    [gateway, url] = await GatewayProcess.serving({
      config: {
        server: { workers: WORKERS },
        upstreams: { origin: { targets: [{ url: upstream.url }] } },
        routes: [
          { id: 'stored', match: { path: '/stored/*' }, upstream: 'origin', cache: {} },
          { id: 'limited', match: { path: '/limited' }, respond: { status: 204 }, rateLimit: { rps: 1, burst: LIMIT } },
          { id: 'plain', match: { path: '/plain' }, respond: { status: 204 } },
        ],
      },
    });
    const found = new Set<string>();
    for (let tries = 0; found.size < WORKERS && tries < 200; tries++) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      // Ids of requests begin with what their worker has drawn for itself.
      const worker = (await call(`${url}/plain`, { agent })).field('x-request-id')?.split('-')[0] ?? '';
      if (found.has(worker)) agent.destroy();
      else agents.push(agent);
      found.add(worker);
    }
    expect(found.size).toBe(WORKERS);
  });

  afterAll(async () => {
    for (const agent of agents) agent.destroy();
    await gateway?.dispose();
    await upstream?.close();
  });

  const from = (worker: number, path: string, options: CallOptions = {}): Promise<Reply> =>
    call(`${url}${path}`, { ...options, agent: agents[worker] });
  /** What both say, asked one after the other. */
  async function both(path: string): Promise<Reply[]> {
    const replies = [await from(0, path), await from(1, path)];
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    return replies;
  }
  const value = (exposition: Reply, series: string): number =>
    Number(
      exposition.text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.slice(series.length + 1),
    );

  it('counts what both have done', async () => {
    const series = 'api_gateway_requests_total{method="GET",route="plain",status="204"}';
    const before = value(await from(0, '/metrics'), series);
    for (let i = 0; i < 6; i++) expect((await from(i % WORKERS, '/plain')).status).toBe(204);
    expect((await both('/metrics')).map((reply) => value(reply, series) - before)).toEqual([6, 6]);
  });

  it('tells what Node says of each thread apart, and of the process once', async () => {
    for (const { text } of await both('/metrics')) {
      const named = (name: string): string[] => text.split('\n').filter((line) => line.startsWith(name));
      for (const name of ['nodejs_eventloop_lag_p99_seconds', 'nodejs_heap_size_used_bytes']) {
        expect(named(`${name}{`).map((line) => line.split(' ')[0])).toEqual([
          `${name}{worker="0"}`,
          `${name}{worker="1"}`,
        ]);
      }
      expect(named('process_cpu_seconds_total')).toHaveLength(1);
      expect(named('api_gateway_config_info')).toHaveLength(1);
      expect(named('api_gateway_workers')).toEqual(['api_gateway_workers 2']);
    }
  });

  it('lets through what one would', async () => {
    const statuses = await Promise.all(
      Array.from({ length: LIMIT * 2 }, async (_, i) => (await from(i % WORKERS, '/limited')).status),
    );
    const passed = statuses.filter((status) => status === 204).length;
    expect(passed).toBeGreaterThanOrEqual(LIMIT);
    // What has come back in the meantime, a token each second.
    expect(passed).toBeLessThan(LIMIT + 10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(LIMIT * 2 - passed);
    const limits = (await both('/admin/limits')).map(({ json }) => json as { refusedMost: { refused: number }[] });
    expect(limits.map(({ refusedMost }) => refusedMost[0].refused)).toEqual([LIMIT * 2 - passed, LIMIT * 2 - passed]);
  });

  it('lists the problems of both', async () => {
    const paths = ['/absent/of/one', '/absent/of/the/other'];
    for (const [worker, path] of paths.entries()) expect((await from(worker, path)).status).toBe(404);
    for (const { json } of await both('/admin/problems')) {
      const listed = (json as { path: string }[]).map(({ path }) => path).filter((path) => path.startsWith('/absent'));
      expect(listed).toEqual(paths.toReversed());
    }
  });

  const cached = async (worker: number, path: string): Promise<boolean> =>
    (await from(worker, path)).field('cache-status')?.includes('hit') === true;

  it('drops from both what is purged, and says how much that was', async () => {
    for (const worker of [0, 1]) expect(await cached(worker, '/stored/purged')).toBe(false);
    for (const worker of [0, 1]) expect(await cached(worker, '/stored/purged')).toBe(true);
    const [holdings] = await both('/admin/cache');
    expect(holdings.json).toMatchObject({ entries: 2 });
    const purge = await from(0, '/admin/cache', { method: 'DELETE' });
    expect(purge.json).toEqual({ entries: 2, shared: null });
    for (const worker of [0, 1]) expect(await cached(worker, '/stored/purged')).toBe(false);
  });

  it('forgets in both what a request to one has changed', async () => {
    for (const worker of [0, 1]) await from(worker, '/stored/changed');
    for (const worker of [0, 1]) expect(await cached(worker, '/stored/changed')).toBe(true);
    const entries = async (): Promise<number> => ((await from(1, '/admin/cache')).json as { entries: number }).entries;
    const before = await entries();
    expect((await from(0, '/stored/changed', { method: 'POST' })).status).toBe(200);
    let now = before;
    const look = async (): Promise<void> => {
      while (now > before - WORKERS) now = await entries();
    };
    void look();
    await eventually('both have dropped it', () => now <= before - WORKERS);
    for (const worker of [0, 1]) expect(await cached(worker, '/stored/changed')).toBe(false);
  });

  it('changes the level of both logs', async () => {
    const headers = { 'content-type': 'application/json' };
    const change = await from(0, '/admin/log-level', { method: 'PUT', headers, body: '{"level":"error"}' });
    expect(change.json).toEqual({ level: 'error' });
    expect((await both('/admin/log-level')).map(({ json }) => json)).toEqual([{ level: 'error' }, { level: 'error' }]);
  });

  it('adds up the connections of both to an upstream', async () => {
    for (const worker of [0, 1]) await from(worker, `/stored/${worker}/connections`);
    for (const { json } of await both('/admin/upstreams')) {
      const [{ targets }] = json as { targets: { connections: { open: number } }[] }[];
      expect(targets[0].connections.open).toBe(2);
    }
    for (const reply of await both('/metrics')) {
      expect(value(reply, 'api_gateway_upstream_connections_open{upstream="origin"}')).toBe(2);
    }
  });

  it('says how many serve', async () => {
    for (const { json } of await both('/health')) {
      expect(json).toMatchObject({ details: { process: { workers: { configured: 2, serving: 2 } } } });
    }
  });

  it('takes the profiles of both in one, or that of one', async () => {
    const strings = async (path: string): Promise<string> =>
      gunzipSync((await from(1, `/debug/pprof/${path}`)).body).toString('latin1');
    for (const path of ['profile?seconds=0.3', 'heap', 'allocs?seconds=0.2']) {
      // The key of a label, in the table of strings, behind its length.
      expect([path, (await strings(path)).includes('\u0006worker')]).toEqual([path, true]);
      for (const worker of [0, 1]) {
        const one = `${path}${path.includes('?') ? '&' : '?'}worker=${worker}`;
        expect([one, (await strings(one)).includes('\u0006worker')]).toEqual([one, false]);
      }
    }
    for (const worker of ['2', '-1', 'x']) {
      expect((await from(0, `/debug/pprof/heap?worker=${worker}`)).status).toBe(400);
    }
  });

  it('has the numbers of both threads in its texts', async () => {
    const text = async (path: string): Promise<string> => (await from(0, `/debug/pprof/${path}`)).text;
    const heap = await text('heap?debug=1');
    expect(heap).toMatch(/^heap profile: \d+ bytes in use\n# rss = \d+\n/);
    expect(heap.match(/^# worker \d$/gm)).toEqual(['# worker 0', '# worker 1']);
    expect((await text('loop?seconds=0.2')).match(/^(worker \d|event loop delay: )/gm)).toEqual([
      'worker 0',
      'event loop delay: ',
      'worker 1',
      'event loop delay: ',
    ]);
    expect(await text('goroutine?debug=1')).toMatch(/^goroutine profile: total \d+\n/);
  });
});
