import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const now = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT');

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['2', 2_000],
    [' 120 ', 120_000],
    ['Sun, 06 Nov 1994 08:49:40 GMT', 3_000],
    ['Sunday, 06-Nov-94 08:49:38 GMT', 1_000],
    ['Sun, 06 Nov 1994 08:49:00 GMT', 0],
  ])('of %j is read', (value, ms) => {
    expect(retryAfterMs(value, now)).toBe(ms);
  });

  it.each(['', '-1', '1.5', '1e3', '0x10', 'soon', '99999999999', 'Sun, 99 Foo 1994'])('of %j is no value', (value) => {
    expect(retryAfterMs(value, now)).toBe(-1);
  });
});
