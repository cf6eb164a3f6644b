import { spawnSync } from 'node:child_process';

/** What git printed, or null when it ended badly. */
export function git(folder: string, args: readonly string[], env: Record<string, string> = {}): string | null {
  const { status, stdout } = spawnSync('git', args, {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return status === 0 ? stdout.trim() : null;
}
