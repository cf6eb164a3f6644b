import { describe, expect, it } from '@jest/globals';
import type { Measurement } from '../peers/workloads/workload.ts';
import { processorFloor, targetsFor, verdictsOn, verdictTable, type Subject } from './target-list.ts';

const targets = targetsFor(100);
const verdictOn = (name: string, measured: [Subject, Measurement[]][]) => {
  const found = verdictsOn(targets, new Map(measured)).find(({ target }) => target.name === name);
  return [found?.value, found?.verdict];
};

describe('a verdict', () => {
  it.each([
    [1.9, 0, 'met'],
    [12, 0, 'MISSED'],
    [12, 30, 'unsure'],
    [1.9, 30, 'met'],
  ])('on a p95 of %d ms while others took %d %% is %s', (p95Ms, othersBusyPercent, verdict) => {
    const round = { p95Ms, othersBusyPercent };
    expect(verdictOn('health, p95', [['health', [round, round, { p95Ms: 1_000 }]]])).toEqual([p95Ms, verdict]);
  });

  it('is none where nothing was measured', () => {
    expect(verdictOn('health, p95', [])).toEqual([null, 'not measured']);
    expect(verdictOn('handles and requests under load', [['handles', [{ count: NaN }]]])).toEqual([
      null,
      'not measured',
    ]);
  });

  it('wants throughput above its limit', () => {
    const name = 'throughput without limits';
    expect(verdictOn(name, [['plainSaturated', [{ requestsPerSecond: 1_001 }]]])).toEqual([1_001, 'met']);
    expect(verdictOn(name, [['plainSaturated', [{ requestsPerSecond: 999 }]]])).toEqual([999, 'MISSED']);
  });

  it.each([
    [100.4, 'met'],
    [99.1, 'met'],
    [101.5, 'MISSED'],
    [98, 'MISSED'],
  ])('on a limit that let in %d a second is %s', (expectedPerSecond, verdict) => {
    expect(verdictOn('off a limit of 100 a second', [['limited', [{ expectedPerSecond }]]])[1]).toBe(verdict);
  });

  it('compares the breaker with what came beside it, and takes the median', () => {
    const rounds = (...p50s: number[]) => p50s.map((p50Ms) => ({ p50Ms }));
    const name = 'breaker, added to the median';
    expect(verdictOn(name, [
      ['proxied', rounds(1, 2, 4)],
      ['withBreaker', rounds(1.02, 2.08, 8)],
    ])).toEqual([expect.closeTo(4), 'met']); // prettier-ignore
    expect(verdictOn(name, [['withBreaker', rounds(1)]])).toEqual([null, 'not measured']);
  });
});

describe('the floor', () => {
  it('stands beside what the gateway takes, where both were measured', () => {
    const rounds = (...percents: number[]) => percents.map((busyPercent) => ({ busyPercent }));
    const text = processorFloor(new Map([['policies', rounds(9, 6, 5)], ['floor', rounds(4, 4, 8)]])); // prettier-ignore
    expect(text).toMatch(/: 4(\.0+)? % of a core; the gateway took 1\.50 times that\.$/);
    expect(processorFloor(new Map([['policies', rounds(6)]]))).toBeNull();
  });
});

describe('the table', () => {
  it('has a line for every target, ours with the name of it', () => {
    const table = verdictTable(verdictsOn(targets, new Map([['policies', [{ rssPeakBytes: 150e6, busyPercent: 4 }]]])));
    expect(table).toHaveLength(targets.length + 1);
    expect(table).toContainEqual(['memory at 1,000 a second', '< 512', '150', 'MB', 'met']);
    expect(table).toContainEqual(['ours: processor at 1,000 a second', '< 6', '4', '% of a core', 'met']);
    expect(table).toContainEqual(['ours: all policies, on one core', '> 15,000', '-', '1/s', 'not measured']);
  });
});
