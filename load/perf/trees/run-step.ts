import { spawn } from 'node:child_process';
import { dirname, delimiter } from 'node:path';
import { mortal } from '../../peers/processes/children.ts';

/** A step of a build: its exit code, and all that it printed. */
export interface Step {
  code: number | null;
  output: string;
}

/**
 * Runs a program to its end, on the Node that runs this. It leads a process group of its own, which ends with this
 * process: npm would leave what it started behind.
 */
export function runStep(program: string, args: readonly string[], folder: string): Promise<Step> {
  const [command, ...rest] = mortal([program, ...args]);
  const env = { ...process.env, NODE_OPTIONS: '', PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };
  return new Promise((resolve) => {
    const child = spawn(command, rest, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has ended.
      }
    };
    process.once('exit', end);
    let output = '';
    const take = (text: string): void => void (output += text);
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', (error) => {
      process.off('exit', end);
      resolve({ code: null, output: error.message });
    });
    child.once('close', (code) => {
      process.off('exit', end);
      resolve({ code, output });
    });
  });
}
