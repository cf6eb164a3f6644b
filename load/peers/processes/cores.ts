import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Which core does what. All null when there is one core only: then nothing is pinned, and the report says so. */
export interface Cores {
  peer: number | null;
  load: number | null;
  upstream: number | null;
}

/**
 * The peer has a core for itself. Load generator and upstream share another one, or have one each from three cores
 * on, so that it is the peer that saturates.
 */
export function assignCores(allowed: readonly number[]): Cores {
  if (allowed.length < 2) return { peer: null, load: null, upstream: null };
  return { load: allowed[0], peer: allowed[1], upstream: allowed[2] ?? allowed[0] };
}

/** The cores that this process may run on, from a list such as `0-2,5`. */
export function parseCpuList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

export function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'latin1');
  return parseCpuList(/^Cpus_allowed_list:\s*(.+)$/m.exec(status)![1]);
}

/** Moves this process, which waits and samples, off the peer's core. */
export function pinSelf(core: number | null): void {
  pin(process.pid, core);
}

/** Moves all threads of a process that runs to a core; null leaves it where it is. */
export function pin(pid: number | undefined, core: number | null): void {
  if (core !== null && pid !== undefined) spawnSync('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
}
