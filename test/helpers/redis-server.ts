import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisContainer, type StartedRedisContainer } from '@testcontainers/redis';
import { getContainerRuntimeClient } from 'testcontainers';
import { pass } from './eventually.js';

/** A Redis of the test's own. It keeps its port through a stop and a start. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Lets it go on living without answering (SIGSTOP). */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it; what it held is gone. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good. */
  dispose(): Promise<void>;
}

const IMAGE = 'redis:7-alpine';
const START_MS_MAX = 10_000;

/**
 * Starts a real Redis: in a container where an engine answers, else the machine's own `redis-server`.
 * `SLUICE_TEST_REDIS=container` or `local` insists on one of them.
 *
 * @param args further arguments of redis-server, for example `--maxmemory 2mb`
 */
export async function startRedis(args: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const wanted = process.env.SLUICE_TEST_REDIS ?? 'auto';
  const contained = wanted === 'container' || (wanted === 'auto' && (await engineAnswers()));
  const server = contained ? new ContainedRedis(port, args) : new LocalRedis(port, args);
  await server.start();
  return server;
}

async function engineAnswers(): Promise<boolean> {
  try {
    await getContainerRuntimeClient();
    return true;
  } catch {
    return false;
  }
}

class LocalRedis implements RedisServer {
  readonly url: string;
  private child: ChildProcess | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-redis-'));

  constructor(
    readonly port: number,
    private readonly args: readonly string[],
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const own = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--dir',
      this.folder,
      '--save',
      '',
      '--appendonly',
      'no',
    ];
    const child = spawn('redis-server', [...own, ...this.args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    const failed = new Promise<never>((_, reject) => {
      child.once('error', (error) =>
        reject(new Error('redis-server cannot be started; `make setup` installs it', { cause: error })),
      );
      child.once('exit', (code) => reject(new Error(`redis-server exited with ${code}: ${said}`)));
    });
    failed.catch(() => undefined);
    await Promise.race([failed, answers(this.port)]);
  }

  pause(): Promise<void> {
    this.child?.kill('SIGSTOP');
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.child?.kill('SIGCONT');
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class ContainedRedis implements RedisServer {
  readonly url: string;
  private container: StartedRedisContainer | null = null;

  constructor(
    readonly port: number,
    private readonly args: readonly string[],
  ) {
    this.url = `redis://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    this.container = await new RedisContainer(IMAGE)
      .withExposedPorts({ container: 6379, host: this.port })
      .withCommand(['redis-server', '--save', '', '--appendonly', 'no', ...this.args])
      .start();
    await answers(this.port);
  }

  async pause(): Promise<void> {
    await (await this.handle()).pause();
  }

  async resume(): Promise<void> {
    await (await this.handle()).unpause();
  }

  async stop(): Promise<void> {
    const { container } = this;
    this.container = null;
    await container?.stop({ timeout: 0 });
  }

  dispose(): Promise<void> {
    return this.stop();
  }

  private async handle() {
    const { container } = await getContainerRuntimeClient();
    return container.getById(this.container?.getId() ?? '');
  }
}

/** Resolves once a Redis on that port answers PING. */
async function answers(port: number): Promise<void> {
  const giveUpAt = performance.now() + START_MS_MAX;
  while (!(await ping(port))) {
    if (performance.now() > giveUpAt) throw new Error(`no Redis answers on port ${port}`);
    await pass(20);
  }
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (alive: boolean): void => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(500, () => end(false));
    socket.on('error', () => end(false));
    socket.on('data', (reply) => end(/^[+-]/.test(reply.toString('latin1'))));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
