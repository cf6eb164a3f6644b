import { readdirSync, readFileSync } from 'node:fs';

/** The fields of `/proc/<pid>/stat` (proc_pid_stat(5)) that are counted here. */
export interface ProcessStat {
  pid: number;
  parentPid: number;
  /** User and system time of all threads, and of children that ended and were waited for, in clock ticks. */
  cpuTicks: number;
}

/** Parses one line. The name, in parentheses, may hold spaces and parentheses itself: fields count from its end. */
export function parseProcessStat(line: string): ProcessStat {
  const pid = Number.parseInt(line, 10);
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [userTicks, systemTicks, childUserTicks, childSystemTicks] = fields.slice(11, 15).map(Number);
  return {
    pid,
    parentPid: Number(fields[1]),
    cpuTicks: userTicks + systemTicks + childUserTicks + childSystemTicks,
  };
}

/** The process and everything below it, as they are now. */
export function processTree(rootPid: number): ProcessStat[] {
  const all: ProcessStat[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      all.push(parseProcessStat(readFileSync(`/proc/${entry}/stat`, 'latin1')));
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return descendants(rootPid, all);
}

export function descendants(rootPid: number, all: readonly ProcessStat[]): ProcessStat[] {
  const tree = all.filter(({ pid }) => pid === rootPid);
  // Grows while it is walked: children of children are found in the same pass.
  for (const parent of tree) tree.push(...all.filter(({ parentPid }) => parentPid === parent.pid));
  return tree;
}
