import { Agent, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { eventually } from '../helpers/eventually.js';
import { compiled, GatewayProcess, ROOT, type ProcessOptions } from '../helpers/gateway-process.js';
import { startHttpUpstream, type HttpUpstream } from '../helpers/http-upstream.js';

/** Longer than any test may take: what ends a gateway within a test was not this. */
const FOREVER_MS = 600_000;
const MORTAL = [process.execPath, join(ROOT, 'test/fixtures/mortal-gateway.mjs')];

describe('a gateway with two workers', () => {
  let upstream: HttpUpstream;
  let gateway: GatewayProcess;
  let url: string;
  /** Replies that the upstream owes. */
  const held: ServerResponse[] = [];
  const agents: Agent[] = [];

  beforeAll(async () => {
    upstream = await startHttpUpstream((_, response) => held.push(response));
  });

  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy();
    held.length = 0;
    await gateway?.dispose();
  });

  afterAll(async () => {
    await upstream?.close();
  });

  const config = (server: object = {}) => ({
    server: { workers: 2, drainTimeoutMs: FOREVER_MS, ...server },
    upstreams: { slow: { targets: [{ url: upstream.url }] } },
    routes: [
      { id: 'slow', match: { path: '/slow' }, upstream: 'slow' },
      { id: 'mortal', match: { path: '/mortal/*' }, respond: { status: 200 } },
    ],
  });

  async function serve(options: ProcessOptions = {}): Promise<void> {
    [gateway, url] = await GatewayProcess.serving({ config: config(), command: MORTAL, ...options });
  }

  /** A connection that is kept, and so stays with one worker. */
  interface Kept {
    readonly agent: Agent;
    /** Thread of the worker that has it. */
    readonly thread: string;
  }

  async function connect(): Promise<Kept> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agents.push(agent);
    return { agent, thread: (await call(`${url}/mortal/who`, { agent })).text };
  }

  /** A connection to each of the workers, as the system spreads them. */
  async function connectToBoth(but?: string): Promise<[Kept, Kept]> {
    const first = await connect();
    for (let tries = 0; tries < 200; tries++) {
      const second = await connect();
      if (second.thread !== first.thread && first.thread !== but && second.thread !== but) return [first, second];
    }
    throw new Error('all connections came to one worker');
  }

  it('serves with both on one port, and the control plane on another', async () => {
    await serve({ config: { ...config(), management: { port: 0 } } });
    for (const { agent, thread } of await connectToBoth()) {
      expect((await call(`${url}/mortal/who`, { agent })).text).toBe(thread);
    }
    const line = JSON.parse(gateway.stdout.split('\n').find((text) => text.includes('listens')) ?? '') as Started;
    expect(line.workers).toBe(2);
    expect(line.managementUrl).not.toBe(url);
    for (let at = 0; at < 8; at++) {
      expect((await call(`${line.managementUrl}/ready`)).status).toBe(200);
      expect((await call(`${url}/ready`)).status).toBe(404);
    }
    expect(gateway.stdout.match(/Sluice listens on/g)).toHaveLength(1);
    expect(gateway.stderr).toBe('');
  });

  it('replaces one that ends, however it does, and the other serves on', async () => {
    // So little heap that a leak is soon at its end.
    await serve({ env: { NODE_OPTIONS: '--max-old-space-size=64' } });
    const ways = [
      ['throw', 'uncaught on purpose'],
      ['exit', 'it exited with code 7'],
      ['leak', 'memory'],
    ];
    for (const [at, [way, reason]] of ways.entries()) {
      const [mortal, other] = await connectToBoth();
      await call(`${url}/mortal/${way}`, { agent: mortal.agent });
      let served = 0;
      while (gateway.stdout.split('a worker serves again').length <= at + 1) {
        const reply = await call(`${url}/mortal/who`, { agent: other.agent });
        expect([reply.status, reply.text]).toEqual([200, other.thread]);
        served++;
      }
      expect(served).toBeGreaterThan(0);
      const line = gateway.stdout.split('\n').filter((text) => text.includes('a worker has ended'))[at];
      expect(JSON.parse(line)).toMatchObject({ level: 'error', context: 'Workers' });
      expect(line).toContain(reason);
      if (at === 0) expect(line).toContain('"restartInMs":0');
      const serving = (await connectToBoth(mortal.thread)).map(({ thread }) => thread);
      expect(serving).toContain(other.thread);
    }
    const metrics = (await call(`${url}/metrics`)).text.split('\n');
    const restarts = metrics.filter((text) => text.startsWith('api_gateway_worker_restarts_total{'));
    expect(restarts).toHaveLength(2);
    expect(restarts.reduce((sum, text) => sum + Number(text.split(' ')[1]), 0)).toBe(3);
    expect(metrics).toContain('api_gateway_workers 2');
    gateway.signal('SIGINT');
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
  });

  /** Has both workers wait for the upstream. */
  async function holdBoth(): Promise<Promise<string>[]> {
    const both = await connectToBoth();
    const replies = both.map(async ({ agent }) => (await call(`${url}/slow`, { agent })).text);
    await eventually('the upstream has both requests', () => held.length === 2);
    return replies;
  }

  it('lets the running requests of both finish when it drains', async () => {
    await serve();
    const replies = await holdBoth();
    gateway.signal('SIGTERM');
    await gateway.until('it drains', ({ stdout }) => stdout.includes('SIGTERM: draining'));
    await expect(connect()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    held.pop()?.end('whole');
    held.pop()?.end('whole');
    expect(await Promise.all(replies)).toEqual(['whole', 'whole']);
    expect(await gateway.exited).toEqual({ code: 0, signal: null });
    expect(gateway.stderr).toBe('');
    // What the workers said last is there, in whole lines.
    for (const line of gateway.stdout.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
    expect(gateway.stdout.match(/"path":"\/slow"/g)).toHaveLength(2);
  });

  it('cuts what does not finish in time, and says so', async () => {
    await serve({ config: config({ drainTimeoutMs: 100 }) });
    const replies = await holdBoth();
    gateway.signal('SIGTERM');
    for (const reply of replies) await expect(reply).rejects.toThrow();
    expect(await gateway.exited).toEqual({ code: 1, signal: null });
    expect(gateway.stderr).toBe('sluice: some requests did not finish in time and were cut\n');
  });

  it('ends at once with the second signal', async () => {
    await serve();
    const replies = await holdBoth();
    gateway.signal('SIGTERM');
    await gateway.until('it drains', ({ stdout }) => stdout.includes('SIGTERM: draining'));
    gateway.signal('SIGTERM');
    for (const reply of replies) await expect(reply).rejects.toThrow();
    expect(await gateway.exited).toEqual({ code: 1, signal: null });
  });

  describe('that cannot start', () => {
    async function failure(options: ProcessOptions, code: number): Promise<string> {
      gateway = GatewayProcess.start({ command: compiled('main.js'), ...options });
      expect(await gateway.exited).toEqual({ code, signal: null });
      expect(gateway.stdout).not.toContain('listens');
      return gateway.stderr;
    }

    it('says in one line that the port is in use, by who shares it between workers too', async () => {
      // As another gateway with workers would have it.
      const taken = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true });
      await once(taken, 'listening');
      try {
        const { port } = taken.address() as AddressInfo;
        expect(await failure({ config: config({ port }) }, 1)).toBe(
          `sluice: port ${port} is in use; set server.port or API_GATEWAY_PORT to another one\n`,
        );
        expect(await failure({ config: { ...config(), management: { port } } }, 1)).toMatch(
          new RegExp(`^sluice: port ${port} is in use; .*management\\.port.*\n$`),
        );
      } finally {
        taken.close();
      }
    });

    it('tells what is wrong with the configuration, once, and exits with 78', async () => {
      expect(await failure({ config: config({ workers: 0 }) }, 78)).toMatch(/server\.workers: .*\n$/);
      expect(await failure({ config: config(), env: { API_GATEWAY_WORKERS: 'many' } }, 78)).toMatch(
        /^API_GATEWAY_WORKERS \(server\.workers\): .*auto.*\n$/,
      );
    });

    it('says in one line what the first worker failed at', async () => {
      const stderr = await failure({ config: config(), command: MORTAL, env: { STILLBORN: '1' } }, 1);
      expect(stderr).toBe('sluice: this stage cannot live\n');
    });
  });
});

interface Started {
  readonly workers: number;
  readonly managementUrl: string;
}
