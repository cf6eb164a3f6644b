import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { processTree } from './process-stat.ts';

/**
 * CPU time of a process tree at one moment, counted twice. Clock ticks (10 ms) always add up; the scheduler's own
 * nanoseconds per thread are exact, but a thread that ends takes its count with it.
 */
export interface CpuSnapshot {
  ticksUs: number;
  threadsNs: ReadonlyMap<string, number>;
}

const US_PER_TICK = 1_000_000 / clockTicksPerSecond();

export function cpuSnapshot(rootPid: number): CpuSnapshot {
  const threadsNs = new Map<string, number>();
  let ticks = 0;
  for (const { pid, cpuTicks } of processTree(rootPid)) {
    ticks += cpuTicks;
    for (const [thread, ns] of threadTimes(pid)) threadsNs.set(thread, ns);
  }
  return { ticksUs: ticks * US_PER_TICK, threadsNs };
}

/** CPU microseconds between two snapshots: exact while every thread of the first is still there, else from ticks. */
export function cpuUsBetween(before: CpuSnapshot, after: CpuSnapshot): number {
  let ns = 0;
  for (const [thread, earlier] of before.threadsNs) {
    const later = after.threadsNs.get(thread);
    if (later === undefined) return after.ticksUs - before.ticksUs;
    ns += later - earlier;
  }
  for (const [thread, later] of after.threadsNs) if (!before.threadsNs.has(thread)) ns += later;
  return after.threadsNs.size === 0 ? after.ticksUs - before.ticksUs : ns / 1000;
}

/** Busy microseconds of one core since boot, whoever used it, or null when the core is not known. */
export function coreBusyUs(core: number | null): number | null {
  const line = readFileSync('/proc/stat', 'latin1')
    .split('\n')
    .find((text) => text.startsWith(`cpu${core} `));
  if (line === undefined) return null;
  const [user, nice, system, , , irq, softirq, steal] = line.split(' ').slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * US_PER_TICK;
}

function threadTimes(pid: number): [string, number][] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => [
      thread,
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]),
    ]);
  } catch {
    // A thread ended meanwhile, or this kernel keeps no scheduler statistics: ticks will do.
    return [];
  }
}

function clockTicksPerSecond(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
}
