import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Beyond what it was told to take, a program gets this long before it is killed. */
const GRACE_SECONDS = 20;

/** Runs a program of the load side on its core to its end, and gives what it printed. It cannot outlive this process. */
export async function runToEnd(
  core: number | null,
  seconds: number,
  program: string,
  args: readonly string[],
): Promise<string> {
  const pinned = core === null ? [] : ['taskset', '-c', String(core)];
  const [command, ...rest] = ['setpriv', '--pdeathsig', 'KILL', ...pinned, program, ...args];
  const timeout = (seconds + GRACE_SECONDS) * 1000;
  const { stdout } = await run(command, rest, { timeout, killSignal: 'SIGKILL' });
  return stdout;
}
