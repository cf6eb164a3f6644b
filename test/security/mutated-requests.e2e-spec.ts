import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../helpers/call.js';
import { eventually, pass } from '../helpers/eventually.js';
import { compiled } from '../helpers/gateway-process.js';
import { RawConnection } from '../helpers/raw-connection.js';
import { mutateRequest, type MutatedRequest } from '../helpers/request-mutations.js';
import { repliesDue, repliesIn } from '../helpers/replies-due.js';
import { SeededRandom } from '../helpers/seeded-random.js';
import { SHORT_REPLY, startStrictUpstream, type StrictUpstream } from '../helpers/strict-upstream.js';

const SEED = Number(process.env.MUTATION_SEED ?? 20_261_124);
const REQUESTS = 20_000;
const AT_ONCE = 256;
/** Nothing may be left open for longer than the slowest of the timeouts below, and some patience. */
const PATIENCE_MS = 15_000;

/** What its metrics say when no request is under way. */
const IDLE = /^api_gateway_active_requests(?:\{[^}]*\})? 0$/m;

/** Answers every message with what is left in memory once all garbage is gone. */
const TELL_MEMORY = `data:text/javascript,process.on('message',()=>{gc();gc();process.send(process.memoryUsage())})`;

/** The gateway as it is built, alone in its process, so that its memory is its own. */
class MeasuredGateway {
  private greeting = '';
  /** What it says on standard error. */
  complaints = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    // Its log is read, and thrown away once it has told its address.
    child.stdout?.on('data', (text: Buffer) => (this.greeting += this.url === '' ? String(text) : ''));
    child.stderr?.on('data', (text: Buffer) => (this.complaints += text));
  }

  static async start(config: object): Promise<MeasuredGateway> {
    const folder = mkdtempSync(join(tmpdir(), 'mutated-'));
    writeFileSync(join(folder, 'gateway.yaml'), JSON.stringify(config));
    const [node, main] = compiled('main.js');
    const child = spawn(node, ['--expose-gc', '--import', TELL_MEMORY, main], {
      cwd: folder,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const gateway = new MeasuredGateway(child, folder);
    await eventually('it listens', () => gateway.url !== '' || child.exitCode !== null, 20_000);
    return gateway;
  }

  get url(): string {
    return /"msg":"Sluice listens on ([^"]+)"/.exec(this.greeting)?.[1] ?? '';
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async memory(): Promise<NodeJS.MemoryUsage> {
    const told = once(this.child, 'message');
    this.child.send('memory');
    const [usage] = (await told) as [NodeJS.MemoryUsage];
    return usage;
  }

  async close(): Promise<void> {
    if (this.running) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** How a connection ended: with these statuses, or without a word. */
type Outcome = { readonly statuses: readonly number[] } | { readonly stuck: string };

async function send(port: number, { packets, afterwards }: MutatedRequest): Promise<Outcome> {
  const client = await RawConnection.open(port);
  for (const packet of packets) {
    client.write(packet);
    if (packets.length > 1) await new Promise(setImmediate);
  }
  if (afterwards === 'leave') {
    client.socket.resetAndDestroy();
    return { statuses: [] };
  }
  try {
    if (afterwards === 'end') {
      const due = repliesDue(packets);
      await client.until(({ ended, closed, text }) => ended || closed || repliesIn(text) >= due, PATIENCE_MS);
      client.socket.end();
    }
    // A connection may be kept for more only when it was answered.
    const kept = (): boolean => afterwards === 'wait' && /^HTTP\/1\.1 [2-5]\d\d [^]*\r\n\r\n/m.test(client.text);
    await client.until(({ ended, closed }) => ended || closed || kept(), PATIENCE_MS);
  } catch {
    return { stuck: JSON.stringify({ packets, afterwards, received: client.text }) };
  } finally {
    client.destroy();
  }
  const text = client.text;
  if (text !== '' && !/^HTTP\/1\.1 \d{3} /.test(text)) return { stuck: `no reply: ${JSON.stringify(text)}` };
  return { statuses: Array.from(text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm), ([, status]) => Number(status)) };
}

describe('requests that are spoilt at random', () => {
  let upstream: StrictUpstream;
  let gateway: MeasuredGateway;

  beforeAll(async () => {
    upstream = await startStrictUpstream({
      reply: ({ method }) => (method === 'HEAD' ? SHORT_REPLY.slice(0, -2) : SHORT_REPLY),
    });
    gateway = await MeasuredGateway.start({
      server: {
        port: 0,
        host: '127.0.0.1',
        headBytesMax: 4_096,
        headTimeoutMs: 1_000,
        // Long enough for the upstream of a test that shares its cores with others to answer in time.
        requestTimeoutMs: 3_000,
        drainTimeoutMs: 2_000,
      },
      upstreams: { strict: { targets: [{ url: upstream.url }] } },
      routes: [
        { id: 'all', match: { path: '/*' }, upstream: 'strict', cors: { origins: ['https://a.example'] } },
        { id: 'socket', match: { path: '/socket' }, upstream: 'strict', websocket: true },
        { id: 'own', match: { path: '/own' }, respond: { body: 'own'.repeat(1_000) }, compression: true },
      ],
    });
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it(`leave the gateway up, its memory flat, and no connection without an end (seed ${SEED})`, async () => {
    const random = new SeededRandom(SEED);
    const statuses = new Map<number, number>();
    const stuck: string[] = [];
    let left = REQUESTS;

    const sendDownTo = async (until: number): Promise<void> => {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          while (left > until && stuck.length === 0 && gateway.running) {
            left--;
            const outcome = await send(gateway.port, mutateRequest(random));
            if ('stuck' in outcome) stuck.push(outcome.stuck);
            else for (const status of outcome.statuses) statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
        }),
      );
      expect({ seed: SEED, running: gateway.running, stuck }).toEqual({ seed: SEED, running: true, stuck: [] });
    };
    const settledMemory = async (): Promise<NodeJS.MemoryUsage> => {
      // What still runs out of time is not yet garbage.
      const giveUpAt = performance.now() + PATIENCE_MS;
      while (!IDLE.test((await call(`${gateway.url}/metrics`)).text)) {
        if (performance.now() > giveUpAt) throw new Error('requests are left that do not end');
        await pass(50);
      }
      return gateway.memory();
    };

    // The first half warms up what is made once: code, buffers, the pool of connections.
    await sendDownTo(REQUESTS / 2);
    const before = await settledMemory();
    await sendDownTo(0);
    const after = await settledMemory();

    expect(upstream.broken).toEqual([]);
    expect(upstream.requests.length).toBeGreaterThan(REQUESTS / 10);
    expect(gateway.complaints).toBe('');
    // A hundred bytes kept of each of 10,000 requests would show.
    expect(after.heapUsed - before.heapUsed).toBeLessThan(1_000_000);
    expect(after.rss - before.rss).toBeLessThan(30_000_000);
    // Nothing fails for a reason of the gateway's own, and refusals are of many kinds.
    const seen = Array.from(statuses.keys()).sort((a, b) => a - b);
    expect(seen).toEqual(expect.arrayContaining([200, 400, 408, 417, 431, 501, 505]));
    expect(seen.filter((status) => status >= 500 && ![501, 505, 508].includes(status))).toEqual([]);

    const reply = await call(`${gateway.url}/a`);
    expect(reply.status).toBe(200);
  }, 180_000);
});
