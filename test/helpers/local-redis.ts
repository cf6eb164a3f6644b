import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pass } from './eventually.js';
import type { RedisServer } from './redis-server.js';

const START_MS_MAX = 10_000;

/** The machine's own `redis-server`, which `make setup` installs. */
export class LocalRedis implements RedisServer {
  readonly url: string;
  private child: ChildProcess | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-redis-'));

  constructor(
    readonly port: number,
    private readonly args: readonly string[] = [],
    /** What comes before all options: a file of options, or another mode. */
    private readonly mode: readonly string[] = [],
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
    const child = spawn('redis-server', [...this.mode, ...own, ...this.args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
    await Promise.race([failed, redisAnswers(this.port)]);
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

/** Resolves once a Redis on that port answers PING. */
export async function redisAnswers(port: number): Promise<void> {
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

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
