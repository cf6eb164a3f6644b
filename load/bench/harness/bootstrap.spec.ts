import { describe, expect, it } from '@jest/globals';
import { medianInterval } from './bootstrap.ts';

const around = (centre: number, count = 40): number[] => Array.from({ length: count }, (_, i) => centre + (i % 5) - 2);

describe('the interval of a median', () => {
  it('holds the median and lies within what was found', () => {
    const found = medianInterval([around(100), around(100), around(100)])!;
    expect(found.median).toBe(100);
    expect(found.low).toBeGreaterThanOrEqual(98);
    expect(found.high).toBeLessThanOrEqual(102);
    expect(found.low).toBeLessThanOrEqual(found.median);
    expect(found.high).toBeGreaterThanOrEqual(found.median);
  });

  it('is as wide as processes differ, however many rounds each has', () => {
    const found = medianInterval([around(100, 400), around(110, 400), around(120, 400)])!;
    expect(found.low).toBeLessThanOrEqual(102);
    expect(found.high).toBeGreaterThanOrEqual(118);
  });

  it('is not moved by a few rounds that were disturbed', () => {
    const disturbed = [...around(100), 5_000, 9_000];
    expect(medianInterval([disturbed, disturbed])!.high).toBeLessThanOrEqual(102);
  });

  it('is the same for the same rounds', () => {
    const rounds = [around(3), around(4)];
    expect(medianInterval(rounds)).toEqual(medianInterval(rounds));
  });

  it('is null for no rounds', () => {
    expect(medianInterval([])).toBeNull();
    expect(medianInterval([[], []])).toBeNull();
  });
});
