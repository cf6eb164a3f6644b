import { describe, expect, it } from '@jest/globals';
import { isCurrent, mayChange } from './entity-tag.js';

describe('isCurrent', () => {
  it.each(['"a.1"', 'W/"a.1"', '"x", "a.1"', 'W/"x",W/"a.1"', '*'])(
    'takes a client that holds %s as up to date',
    (field) => {
      expect(isCurrent(field, '"a.1"')).toBe(true);
    },
  );

  it.each([undefined, '', '"a.2"', 'a.1', '"x", "y"'])('takes a client that holds %s as out of date', (field) => {
    expect(isCurrent(field, '"a.1"')).toBe(false);
  });
});

describe('mayChange', () => {
  it.each([undefined, '"a.1"', '"x", "a.1"', '*'])('lets a change through under %s', (field) => {
    expect(mayChange(field, '"a.1"')).toBe(true);
  });

  it.each(['"a.2"', 'W/"a.1"', ''])('stops a change under %s', (field) => {
    expect(mayChange(field, '"a.1"')).toBe(false);
  });
});
