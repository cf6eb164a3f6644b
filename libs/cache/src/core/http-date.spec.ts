import { describe, expect, it } from '@jest/globals';
import { formatHttpDate, parseHttpDate } from './http-date.js';

const time = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('an HTTP-date', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'is read in each of its forms: %s',
    (text) => {
      expect(parseHttpDate(text)).toBe(time);
    },
  );

  it('of two digits lies at most fifty years ahead', () => {
    expect(parseHttpDate('Sunday, 06-Nov-60 08:49:37 GMT', Date.UTC(2026, 0))).toBe(Date.UTC(2060, 10, 6, 8, 49, 37));
    expect(parseHttpDate('Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(2026, 0))).toBe(time);
  });

  it.each([
    '',
    '0',
    '-1',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 PST',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Xxx 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    '1994-11-06T08:49:37Z',
    '784111777',
  ])('is nothing that merely looks like one: %j', (text) => {
    expect(parseHttpDate(text)).toBeNaN();
  });

  it('is written in the form that everybody reads', () => {
    expect(formatHttpDate(time)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });
});
