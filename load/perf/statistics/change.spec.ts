import { describe, expect, it } from '@jest/globals';
import { seededRandom } from '../../bench/harness/seeded-random.ts';
import { absoluteChange, changeOf, criticalRank, PAIRS_FOR_ALARM, relativeChange } from './change.ts';

describe('the change between paired figures', () => {
  it('is the centre of the differences, in the interval that the signed ranks leave', () => {
    // Ranks up to 0 of five pairs have probability 1/32: the interval is the whole range.
    expect(changeOf([1, 2, 3, 4, 5])).toEqual({ estimate: 3, low: 1, high: 5, surely: -Infinity, pairs: 5 });
  });

  it('is not moved by a pair that was disturbed', () => {
    expect(changeOf([1, 1.1, 0.9, 1, 1.05, 0.95, 1, 500]).estimate).toBeCloseTo(1, 1);
  });

  it('has no bounds below five pairs', () => {
    expect(changeOf([1, 2, 3, 4])).toMatchObject({ low: -Infinity, high: Infinity });
    expect(changeOf([])).toMatchObject({ estimate: NaN, low: -Infinity, high: Infinity, pairs: 0 });
  });

  it.each([
    // Hollander and Wolfe, table of the signed-rank statistic: P(T <= t) at most 0.05, one-sided.
    [5, 0],
    [6, 2],
    [7, 3],
    [8, 5],
    [9, 8],
    [10, 10],
    [12, 17],
    [15, 30],
    [20, 60],
  ])('takes the critical rank of %i pairs from the exact distribution: %i', (pairs, rank) => {
    expect(criticalRank(pairs, 0.05)).toBe(rank);
  });

  it('is sure of nothing before seven pairs, and then of more than the interval says', () => {
    const differences = [1, 2, 3, 4, 5, 6, 7];
    expect(changeOf(differences.slice(1)).surely).toBe(-Infinity);
    expect(PAIRS_FOR_ALARM).toBe(7);
    expect(changeOf(differences)).toMatchObject({ surely: 1, low: 2 });
  });

  it('is a part of the base for ratios: half and double are equally far', () => {
    const pairs = [0.5, 0.5, 1, 2, 2].map((head) => ({ base: 1, head }));
    expect(relativeChange(pairs).estimate).toBeCloseTo(0, 10);
    expect(relativeChange(pairs)).toMatchObject({ low: -0.5, high: 1 });
  });

  it('is in the unit of the figures for differences', () => {
    expect(absoluteChange([10, 11, 12, 13, 14].map((head) => ({ base: 10, head })))).toMatchObject({ estimate: 2 });
  });

  it.each([
    ['evenly spread', (random: () => number) => random() - 0.5],
    ['normal', normal],
    // Mostly quiet, and now and then ten times as far: a machine with other work.
    ['heavy-tailed', (random: () => number) => normal(random) * (random() < 0.1 ? 10 : 1)],
  ])('holds no change in its interval as often as it says, when noise is %s', (_, noise) => {
    const random = seededRandom(7);
    const runs = 2_000;
    const beyond = { below: 0, above: 0, surelyAbove: 0 };
    for (let i = 0; i < runs; i++) {
      const { low, high, surely } = changeOf(Array.from({ length: 10 }, () => noise(random)));
      if (low > 0) beyond.above++;
      if (high < 0) beyond.below++;
      if (surely > 0) beyond.surelyAbove++;
    }
    // Three standard errors of a share of 5 % in 2,000 runs are 1.5 %, and of 1 % 0.7 %.
    expect(beyond.above / runs).toBeLessThan(0.05 + 0.015);
    expect(beyond.below / runs).toBeLessThan(0.05 + 0.015);
    expect(beyond.above / runs).toBeGreaterThan(0.02);
    expect(beyond.surelyAbove / runs).toBeLessThan(0.01 + 0.007);
  });
});

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
