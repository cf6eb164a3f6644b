import { describe, expect, it } from '@jest/globals';
import { descendants, parseProcessStat } from './process-stat.ts';

const line = (pid: number, name: string, parent: number, times: string): string =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 900 0 0 0 ${times} 20 0 11 0 5000 1 2 3\n`;

describe('the parser of /proc/<pid>/stat', () => {
  it('adds user and system time of the process and of the children it waited for', () => {
    expect(parseProcessStat(line(42, 'node', 7, '100 20 3 4'))).toEqual({ pid: 42, parentPid: 7, cpuTicks: 127 });
  });

  it('is not misled by spaces and parentheses in the name', () => {
    expect(parseProcessStat(line(42, 'a) R (b 1', 7, '1 2 0 0'))).toEqual({ pid: 42, parentPid: 7, cpuTicks: 3 });
  });
});

describe('the process tree', () => {
  it('holds the root and all below it, whatever the order of the listing', () => {
    const stat = (pid: number, parentPid: number) => ({ pid, parentPid, cpuTicks: 0 });
    const all = [stat(5, 4), stat(4, 2), stat(2, 1), stat(3, 1), stat(9, 3)];
    expect(descendants(2, all).map(({ pid }) => pid)).toEqual([2, 4, 5]);
  });

  it('is empty for a process that is gone', () => {
    expect(descendants(2, [])).toEqual([]);
  });
});
