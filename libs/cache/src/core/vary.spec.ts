import { describe, expect, it } from '@jest/globals';
import { parseVary, selectingValues } from './vary.js';

describe('Vary', () => {
  it('names fields in any order and case', () => {
    expect(parseVary('B, a,, B')).toEqual(['a', 'b']);
    expect(parseVary('')).toEqual([]);
  });

  it.each(['*', 'a, *', 'a b', 'a:b', Array.from({ length: 17 }, (_, i) => `x-${i}`).join()])(
    'answers no other request when it cannot be compared: %s',
    (vary) => {
      expect(parseVary(vary)).toBeNull();
    },
  );
});

describe('what a request says', () => {
  it('is the same for lists on several lines, and with other spaces', () => {
    const one = selectingValues(['accept'], ['Accept', 'a/b', 'accept', 'c/d;q=1']);
    expect(selectingValues(['accept'], ['ACCEPT', 'C/D; q=1 ,a/b'])).toBe(one);
  });

  it('differs when a field is missing, empty, or another one says it', () => {
    const texts = [
      selectingValues(['a', 'b'], ['a', '1']),
      selectingValues(['a', 'b'], ['b', '1']),
      selectingValues(['a', 'b'], ['a', '1', 'b', '1']),
      selectingValues(['a', 'b'], ['a', '1:b1:1']),
      selectingValues(['a'], ['a', '1']),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });
});
