import { RedisContainer, type StartedRedisContainer } from '@testcontainers/redis';
import { getContainerRuntimeClient } from 'testcontainers';
import { freePort, LocalRedis, redisAnswers } from './local-redis.js';

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
    await redisAnswers(this.port);
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
