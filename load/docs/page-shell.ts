import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_INTERVAL_MS = 50;
/** What a process that was asked to stop gets before it is killed: longer than the gateway drains in the demo. */
const STOP_TIMEOUT_MS = 10_000;

export interface Ran {
  /** Null when it was still running: a server, or one that took too long. */
  exit: number | null;
  output: string;
  seconds: number;
}

/**
 * Runs the commands of one page as a terminal would: in one folder, with what earlier ones have set, and with what
 * they left running behind them. Output goes to files and not pipes, so that a command that leaves something behind
 * still ends.
 */
export class PageShell {
  readonly #folder: string;
  readonly #scratch: string;
  #environment: NodeJS.ProcessEnv;
  readonly #groups = new Set<number>();
  #count = 0;

  /** @param scratch a folder for output that is not the one where commands run */
  constructor(folder: string, scratch: string, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#scratch = scratch;
    this.#environment = environment;
  }

  get path(): string {
    return this.#environment.PATH ?? '';
  }

  /** Runs a command to its end, or for so many seconds and then ends it. */
  async run(command: string, seconds: number, extra: Readonly<Record<string, string>> = {}): Promise<Ran> {
    const { child, ended, outputFile, variablesFile, begun } = this.#start(command, extra);
    const status = await Promise.race([ended, delay(seconds * 1_000, null, { ref: false })]);
    if (status === null) {
      this.#signal(child.pid, 'SIGKILL');
      await ended;
    } else this.#readVariables(variablesFile, extra);
    return { exit: status, output: readFileSync(outputFile, 'utf8'), seconds: (performance.now() - begun) / 1_000 };
  }

  /** Starts a server and leaves it running once it is up: has said `until`, or listens where `port:N` says. */
  async serve(
    command: string,
    until: string,
    seconds: number,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Ran & { up: boolean; stop: () => Promise<boolean> }> {
    const { child, ended, outputFile, begun } = this.#start(command, extra);
    const output = (): string => readFileSync(outputFile, 'utf8');
    const isUp = async (): Promise<boolean> => {
      const [, port] = /^port:(\d+)$/.exec(until) ?? [];
      return port === undefined ? output().includes(until) : listens(Number(port));
    };
    let up = false;
    while (!(up = await isUp()) && child.exitCode === null && performance.now() - begun < seconds * 1_000)
      await delay(POLL_INTERVAL_MS);
    return {
      up: up && child.exitCode === null,
      exit: child.exitCode,
      output: output(),
      seconds: (performance.now() - begun) / 1_000,
      stop: async () => {
        this.#signal(child.pid, 'SIGINT');
        return (await Promise.race([ended, delay(STOP_TIMEOUT_MS, null, { ref: false })])) !== null;
      },
    };
  }

  /** Ends what is still running. */
  end(): void {
    for (const group of this.#groups) this.#signal(group, 'SIGKILL');
    this.#groups.clear();
  }

  #start(command: string, extra: Readonly<Record<string, string>>) {
    const number = this.#count++;
    const outputFile = join(this.#scratch, `output-${number}`);
    const variablesFile = join(this.#scratch, `variables-${number}`);
    const log = openSync(outputFile, 'a');
    // What a command sets is for the next ones too, as in the terminal of whoever reads the page.
    const script = `set -a\n${command}\n__exit=$?\nenv -0 >"$__variables"\nexit "$__exit"`;
    const begun = performance.now();
    const child: ChildProcess = spawn('bash', ['-c', script], {
      cwd: this.#folder,
      env: { ...this.#environment, ...extra, __variables: variablesFile },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    if (child.pid !== undefined) this.#groups.add(child.pid);
    const ended = new Promise<number>((resolve, reject) => {
      child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
      child.once('error', reject);
    });
    return { child, ended, outputFile, variablesFile, begun };
  }

  #readVariables(file: string, extra: Readonly<Record<string, string>>): void {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return; // It ended before its last line: `exit`, or a signal.
    }
    rmSync(file);
    const pairs = text.split('\0').filter((pair) => pair.includes('='));
    const variables = new Map(
      pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    for (const name of [...Object.keys(extra), '__variables', '__exit', '_', 'SHLVL']) variables.delete(name);
    this.#environment = Object.fromEntries(variables);
  }

  #signal(group: number | undefined, signal: NodeJS.Signals): void {
    try {
      if (group !== undefined) process.kill(-group, signal);
    } catch {
      // The group is gone.
    }
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
