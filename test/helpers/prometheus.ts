import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './local-redis.js';
import { pass } from './eventually.js';

const START_MS_MAX = 20_000;
const run = promisify(execFile);

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface RuleState {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

/** The machine's own `prometheus`, which `make setup` installs, on a folder with its prometheus.yml. */
export class Prometheus {
  private said = '';

  private constructor(
    private readonly url: string,
    private readonly child: ChildProcess,
    private readonly data: string,
  ) {
    child.stderr?.on('data', (text: Buffer) => (this.said += text.toString()));
  }

  static async start(configFile: string): Promise<Prometheus> {
    const port = await freePort();
    const data = mkdtempSync(join(tmpdir(), 'sluice-prometheus-'));
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${data}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ];
    const child = spawn('prometheus', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`, child, data);
    await prometheus.untilReady();
    return prometheus;
  }

  /** @throws Error with what Prometheus says about a query that it cannot evaluate */
  async query(expr: string): Promise<Series[]> {
    const data = await this.api<{ result: Series[] }>(`query?${new URLSearchParams({ query: expr }).toString()}`);
    return data.result;
  }

  async exemplars(expr: string): Promise<{ labels: Record<string, string> }[]> {
    const now = Date.now() / 1000;
    const asked = { query: expr, start: String(now - 300), end: String(now + 60) };
    const data = await this.api<{ exemplars: { labels: Record<string, string> }[] }[]>(
      `query_exemplars?${new URLSearchParams(asked).toString()}`,
    );
    return data.flatMap(({ exemplars }) => exemplars);
  }

  async rules(): Promise<RuleState[]> {
    const data = await this.api<{ groups: { rules: RuleState[] }[] }>('rules');
    return data.groups.flatMap(({ rules }) => rules);
  }

  async dispose(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.data, { recursive: true, force: true });
  }

  private async api<Data>(path: string): Promise<Data> {
    const reply = await fetch(`${this.url}/api/v1/${path}`);
    const body = (await reply.json()) as { status: string; error?: string; data: Data };
    if (body.status !== 'success') throw new Error(body.error);
    return body.data;
  }

  private async untilReady(): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.child.once('error', (error) =>
        reject(new Error('prometheus cannot be started; `make setup` installs it', { cause: error })),
      );
      this.child.once('exit', (code) => reject(new Error(`prometheus exited with ${code}: ${this.said}`)));
    });
    failed.catch(() => undefined);
    const giveUpAt = performance.now() + START_MS_MAX;
    const ready = async (): Promise<void> => {
      while (!(await this.isReady())) {
        if (performance.now() > giveUpAt) throw new Error(`prometheus does not get ready: ${this.said}`);
        await pass(50);
      }
    };
    await Promise.race([failed, ready()]);
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/-/ready`)).ok;
    } catch {
      return false;
    }
  }
}

/** Runs promtool. @throws Error with what it complains about */
export async function promtool(...args: string[]): Promise<string> {
  try {
    const { stdout } = await run('promtool', args);
    return stdout;
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT') throw new Error('promtool is missing; `make setup` installs it', { cause: error });
    throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`, { cause: error });
  }
}
