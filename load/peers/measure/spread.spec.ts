import { describe, expect, it } from '@jest/globals';
import { percentileOfSorted, spread } from './spread.ts';

describe('a spread', () => {
  it('takes the middle value of an odd number of rounds', () => {
    expect(spread([30, 9, 100])).toEqual({ median: 30, min: 9, max: 100 });
  });

  it('takes the mean of the two middle values of an even number', () => {
    expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  });

  it('is null without rounds', () => {
    expect(spread([])).toBeNull();
  });

  it('leaves the values as they were', () => {
    const values = [3, 1, 2];
    spread(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);

  it('is the value of the nearest rank', () => {
    expect(percentileOfSorted(hundred, 50)).toBe(50);
    expect(percentileOfSorted(hundred, 99)).toBe(99);
    expect(percentileOfSorted(hundred, 100)).toBe(100);
    expect(percentileOfSorted([7], 1)).toBe(7);
  });

  it('is not a number when there are no values', () => {
    expect(percentileOfSorted([], 50)).toBeNaN();
  });
});
