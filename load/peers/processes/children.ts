import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** How to start a process. */
export interface Launch {
  command: string;
  args: string[];
  env?: Record<string, string>;
  /** The core to pin it to; null lets the kernel choose. */
  core: number | null;
  /** Where its output goes, so that a peer that does not come up can be explained. */
  logFile: string;
}

const running = new Set<ChildProcess>();

/**
 * Starts a process that cannot outlive this one: it is killed on exit and on a signal here, and by the kernel should
 * this process be killed outright. `pid` is the peer's own, since both wrappers exec.
 */
export function start(launch: Launch): ChildProcess {
  const pinned = launch.core === null ? [] : ['taskset', '-c', String(launch.core)];
  const [command, ...args] = mortal([...pinned, launch.command, ...launch.args]);
  const log = openSync(launch.logFile, 'a');
  const child = spawn(command, args, { env: { ...process.env, ...launch.env }, stdio: ['ignore', log, log] });
  closeSync(log);
  return endWithThis(child);
}

/** A command line whose process the kernel kills when this one is gone, where the kernel does that (Linux). */
export function mortal(commandLine: readonly string[]): string[] {
  return [...(process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL'] : []), ...commandLine];
}

/** Sees to it that a process ends with this one: see {@link endChildrenOnExit}. */
export function endWithThis<T extends ChildProcess>(child: T): T {
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Ends a process at once and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Ends what was started when this process ends, however it ends. `last` runs after that, for files. */
export function endChildrenOnExit(last: () => void): void {
  process.on('exit', () => {
    for (const child of running) child.kill('SIGKILL');
    last();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
}
