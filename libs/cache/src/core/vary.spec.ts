import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { normalizeSelecting, parseVary, selectingValues } from './vary.js';

describe('Vary', () => {
  it('names fields in any order and case', () => {
    expect(parseVary('B, a,, B')).toEqual(['a', 'b']);
    expect(parseVary('')).toEqual([]);
  });

  it.each(['*', 'a, *', 'a b', 'a:b', '\xa0a', Array.from({ length: 17 }, (_, i) => `x-${i}`).join()])(
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

  it.each([
    ['accept', ' B/c ,\ta ;  q=1', 'a;q=1,b/c'],
    ['accept', ', +', '+'],
    ['x', '  A   b\t, c ', 'A b,c'],
    // No whitespace of HTTP.
    ['x', '\xa0a\xa0', '\xa0a\xa0'],
    ['accept', ',\xa0a', '\xa0a'],
  ])('has one form: %s: %j', (name, value, form) => {
    expect(normalizeSelecting(name, value)).toBe(form);
    expect(normalizeSelecting(name, form)).toBe(form);
  });

  it.each(['accept', 'x'])('is brought into that form in bounded time, whatever a client sends: %s', (name) => {
    const run = (): string => normalizeSelecting(name, `a${' '.repeat(200_000)}b`);
    // A pattern that begins anew at each blank would need a minute.
    expect(runInNewContext('run()', { run }, { timeout: 5_000 })).toBe('a b');
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
