import { describe, expect, it } from '@jest/globals';
import { cases } from '../../bench/cases/all.ts';
import { REFERENCE, SHORT_LIMITS, shortBenchResult } from './short-bench.rule.ts';

describe('the short bench', () => {
  it('knows its cases', () => {
    const names = cases.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([REFERENCE, ...Object.keys(SHORT_LIMITS)]));
  });

  it('misses a limit when the whole interval is beyond it', () => {
    const limit = SHORT_LIMITS['cache/hit'];
    expect(
      shortBenchResult(
        'cache/hit',
        [0.5, 0.6, 0.7, 0.8, 0.9].map((part) => part * limit),
      ).kept,
    ).toBe(true);
    expect(
      shortBenchResult(
        'cache/hit',
        [2, 2.1, 2.2, 1.9, 2].map((part) => part * limit),
      ).kept,
    ).toBe(false);
  });

  it('is not told by one round that a busy machine disturbed', () => {
    const limit = SHORT_LIMITS['cache/hit'];
    expect(
      shortBenchResult(
        'cache/hit',
        [0.5, 0.5, 0.5, 0.5, 9].map((part) => part * limit),
      ).kept,
    ).toBe(true);
  });
});
