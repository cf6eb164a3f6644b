import { describe, expect, it } from '@jest/globals';
import { backOffMs } from './back-off.js';

const almostOne = 1 - Number.EPSILON;

describe('the wait before a retry', () => {
  it('is anything from nothing to twice as much with each retry, up to the maximum', () => {
    expect([1, 2, 3, 4, 5, 100].map((retry) => backOffMs(retry, 25, 250, almostOne))).toEqual([
      25, 50, 100, 200, 250, 250,
    ]);
    expect([1, 2, 100].map((retry) => backOffMs(retry, 25, 250, 0))).toEqual([0, 0, 0]);
    expect(backOffMs(2, 25, 250, 0.5)).toBe(25);
  });

  it('is nothing when there is no base', () => {
    expect(backOffMs(3, 0, 250, almostOne)).toBe(0);
  });
});
