import { describe, expect, it } from '@jest/globals';
import type { BenchCase, Limit } from '../harness/bench-case.ts';
import type { Figures } from '../harness/figures.ts';
import { findingOf } from './finding.ts';
import { listOf, notesOf, tableOf } from './table.ts';

const figures = (given: Partial<Figures>): Figures => ({
  nsPerOp: [40],
  floorNsPerOp: [0.3],
  p50Us: [],
  p99Us: [],
  floorP50Us: [],
  pauseMs: [],
  bytesPerOp: 0,
  gcPercent: 0,
  interruptedPercent: 0,
  ...given,
});

const benchCase = (limit?: Limit): BenchCase => ({
  name: 'group/case',
  title: 'a case',
  limit,
  prepare: () => ({ kind: 'sync', op: (i) => i }),
});

const atMost = (ns: number): Limit => ({ metric: 'nsPerOp', atMost: ns });

describe('a finding', () => {
  it('meets its limit when the whole interval does', () => {
    const found = findingOf(benchCase(atMost(150)), [figures({ nsPerOp: [40, 41, 42] })]);
    expect(found).toMatchObject({ nsPerOp: { median: 41 }, verdict: { met: true } });
  });

  it('misses it when the whole interval does', () => {
    expect(findingOf(benchCase(atMost(39)), [figures({ nsPerOp: [40, 41, 42] })]).verdict?.met).toBe(false);
  });

  it('is unsure when the limit lies within the interval', () => {
    const found = findingOf(benchCase(atMost(60)), [figures({ nsPerOp: [40, 40] }), figures({ nsPerOp: [80, 80] })]);
    expect(found.verdict?.met).toBeNull();
    expect(notesOf([found])).toEqual([expect.stringContaining('group/case')]);
  });

  it('is unsure of a miss while others had the core, and sure of what was met all the same', () => {
    const disturbed = [figures({ nsPerOp: [40, 41], interruptedPercent: 60 })];
    expect(findingOf(benchCase(atMost(39)), disturbed).verdict?.met).toBeNull();
    expect(findingOf(benchCase(atMost(150)), disturbed).verdict?.met).toBe(true);
  });

  it('holds a limit on latency against latency', () => {
    const inFlight = figures({ nsPerOp: [9_000], p50Us: [120], p99Us: [300], floorP50Us: [90] });
    const found = findingOf(benchCase({ metric: 'p50Us', atMost: 200 }), [inFlight]);
    expect(found).toMatchObject({ p50Us: { median: 120 }, p99Us: 300, floorP50Us: 90, verdict: { met: true } });
  });

  it('holds a limit on pauses against the longest one', () => {
    const paced = (...pauseMs: number[]): Figures => figures({ nsPerOp: [], floorNsPerOp: [], pauseMs });
    const found = findingOf(benchCase({ metric: 'pauseMs', atMost: 5 }), [paced(1, 2), paced(1, 6)]);
    expect(found).toMatchObject({ nsPerOp: null, pauseMs: 6, verdict: { met: false } });
    expect(tableOf([found])[1]).toContain('6.00');
  });

  it('has no verdict without a limit', () => {
    expect(findingOf(benchCase(), [figures({})]).verdict).toBeNull();
  });
});

describe('the table', () => {
  it('says what was found and whether it is enough', () => {
    const found = findingOf(benchCase(atMost(150)), [figures({ nsPerOp: [40, 41, 42], bytesPerOp: 0.2 })]);
    const cells = tableOf([found])[1];
    expect(cells[0]).toBe('group/case');
    expect(cells[1]).toMatch(/^41\.0 \[/);
    expect(cells.slice(-4)).toEqual(['0', '0.0', '150 ns', 'met']);
  });

  it('doubts figures of a core that others used', () => {
    const found = findingOf(benchCase(), [figures({}), figures({ interruptedPercent: 60 })]);
    expect(notesOf([found])).toEqual([expect.stringContaining('other processes')]);
  });

  it('lists the cases with their limits', () => {
    expect(listOf([benchCase(atMost(150))])).toBe('group/case  a case (at most 150 ns)');
  });
});
