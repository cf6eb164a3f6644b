import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigObject } from '../../apps/gateway/src/config/index.js';
import { withClient } from './chosen-client.js';

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const COMPILED = join(ROOT, 'dist/apps/gateway/apps/gateway/src');

export interface ProcessOptions {
  /** What its `gateway.yaml` says: YAML text, or an object that gets port 0 on loopback. Default: there is no file. */
  readonly config?: string | ConfigObject;
  /** Default: `node dist/…/main.js`. */
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the folder of its gateway.yaml, which is its own. */
  readonly cwd?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The command that runs a compiled entry of the gateway, such as `cli.js`, on the Node that runs the tests. */
export function compiled(entry: 'main.js' | 'cli.js', ...args: string[]): string[] {
  const file = join(COMPILED, entry);
  if (!existsSync(file)) throw new Error('run `make setup` first: the gateway is not built');
  return [process.execPath, file, ...args];
}

/** A gateway as a process of its own, as people run it. */
export class GatewayProcess {
  stdout = '';
  stderr = '';
  readonly exited: Promise<Exit>;
  private exit: Exit | null = null;
  private readonly waiting = new Set<() => void>();

  private constructor(
    readonly child: ChildProcess,
    readonly folder: string,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.note(() => (this.stdout += text)));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.note(() => (this.stderr += text)));
    // Not `exit`: what it said last may still be on its way.
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.note(() => (this.exit = { code, signal }));
        resolve({ code, signal });
      });
    });
  }

  static start({ config, command, env = {}, cwd }: ProcessOptions = {}): GatewayProcess {
    const [program, ...args] = command ?? compiled('main.js');
    const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
    if (config !== undefined) writeFileSync(join(folder, 'gateway.yaml'), configText(config));
    // In a group of its own, so that its end can take along what it has started.
    const child = spawn(program, args, {
      cwd: cwd ?? folder,
      env: { ...plainEnvironment(), ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.once('error', () => undefined);
    return new GatewayProcess(child, folder);
  }

  /** Starts one and waits until it listens. @returns the process, and the address that it has printed */
  static async serving(options: ProcessOptions = {}, timeoutMs?: number): Promise<[GatewayProcess, string]> {
    const gateway = GatewayProcess.start(options);
    try {
      return [gateway, await gateway.listening(timeoutMs)];
    } catch (error) {
      await gateway.dispose();
      throw error;
    }
  }

  /** Waits for what it says when it listens, in a line of the log. @returns the address of the traffic port */
  async listening(timeoutMs = 20_000): Promise<string> {
    const said = /"msg":"Sluice listens on ([^"]+)"\}\n/;
    const shown = /^Sluice listens on (\S+)$/m;
    const whole = (): boolean => said.test(this.stdout) || /^ {2}API docs .*\r?\n/m.test(this.stdout);
    await this.until('it listens', () => this.exit !== null || whole(), timeoutMs);
    const url = said.exec(this.stdout)?.[1] ?? shown.exec(this.stdout)?.[1];
    if (url === undefined) throw new Error(`it did not listen: ${this.stderr || this.stdout}`);
    return url;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits until what it has said, or its end, meets the condition. */
  until(what: string, condition: (self: this) => boolean, timeoutMs = 5_000): Promise<void> {
    if (condition(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(look);
        reject(new Error(`not within ${timeoutMs} ms: ${what}; it said ${JSON.stringify(this.stdout + this.stderr)}`));
      }, timeoutMs);
      const look = (): void => {
        if (!condition(this)) return;
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
    });
  }

  /** Ends it, with all that it has started, and removes its folder. */
  async dispose(): Promise<void> {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // The group is empty.
    }
    await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private note(change: () => void): void {
    change();
    for (const look of this.waiting) look();
  }
}

function configText(config: string | ConfigObject): string {
  if (typeof config === 'string') return config;
  // JSON is YAML.
  return JSON.stringify({ ...withClient(config), server: { port: 0, host: '127.0.0.1', ...config.server } });
}

/** The environment without what jest runs on, and without what would configure a gateway. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (
      /^(?:NODE_OPTIONS|GATEWAY_CONFIG|API_GATEWAY_|DEMO_|ENABLE_|LOG_LEVEL|OTEL_|MAX_REQUEST_SIZE|JWT_SECRET)/.test(
        name,
      )
    ) {
      Reflect.deleteProperty(env, name);
    }
  }
  return env;
}
