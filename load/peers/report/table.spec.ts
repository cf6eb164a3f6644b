import { describe, expect, it } from '@jest/globals';
import type { WorkloadResult } from '../workloads/workload.ts';
import { alignText, markdownTable, pairedRatios, tableOf } from './table.ts';

const row = (subject: string, ...values: number[]) => ({ subject, rounds: values.map((cpuUs) => ({ cpuUs })) });

const result = (...rows: ReturnType<typeof row>[]): WorkloadResult => ({
  workload: 'w',
  description: 'd',
  columns: [{ metric: 'cpuUs', title: 'CPU us', digits: 1, withSpread: true }],
  ratios: { metric: 'cpuUs', against: ['floor', 'caddy'] },
  rows,
  notes: [],
});

describe('the table', () => {
  it('shows medians with their extremes, and a ratio column for each reference that took part', () => {
    expect(tableOf(result(row('gateway', 22, 33, 11), row('floor', 20, 30, 10)))).toEqual([
      ['', 'CPU us', 'x floor'],
      ['gateway', '22.0 [11.0-33.0]', '1.10 [1.10-1.10]'],
      ['floor', '20.0 [10.0-30.0]', '1'],
    ]);
  });

  it('shows one round without extremes, and nothing measured as a dash', () => {
    expect(tableOf(result(row('gateway', 5), row('floor')))).toEqual([
      ['', 'CPU us', 'x floor'],
      ['gateway', '5.0', '-'],
      ['floor', '-', '1'],
    ]);
  });

  it('divides into the unit of the column', () => {
    const inKilo = {
      ...result(row('gateway', 2500)),
      columns: [{ metric: 'cpuUs', title: 'ms', digits: 1, divideBy: 1e3 }],
    };
    expect(tableOf(inKilo)[1]).toEqual(['gateway', '2.5']);
  });
});

describe('paired ratios', () => {
  it('compare round with round, and leave out rounds that only one has', () => {
    expect(pairedRatios(row('a', 2, 30, 7), row('b', 1, 10), 'cpuUs')).toEqual([2, 3]);
  });

  it('leave out rounds that give no number', () => {
    expect(pairedRatios(row('a', 2, NaN, 4), row('b', 0, 1, 2), 'cpuUs')).toEqual([2]);
  });
});

describe('the layouts', () => {
  const cells = [
    ['', 'us'],
    ['gateway', '5'],
  ];

  it('align names to the left and numbers to the right', () => {
    expect(alignText(cells)).toBe('         us\ngateway   5');
  });

  it('write a Markdown table', () => {
    expect(markdownTable(cells)).toBe('|  | us |\n| --- | ---: |\n| gateway | 5 |');
  });
});
