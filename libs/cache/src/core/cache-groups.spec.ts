import { describe, expect, it } from '@jest/globals';
import { parseCacheGroups } from './cache-groups.js';

describe('cache groups', () => {
  it.each<[string, string[]]>([
    ['"a"', ['a']],
    ['"a", "b c",\t"a"', ['a', 'b c']],
    [String.raw`"a \"b\" \\ c"`, [String.raw`a "b" \ c`]],
    ['"a";x;y=1;z="p, q", "b"', ['a', 'b']],
    ['""', ['']],
    ['', []],
    ['a', []],
    ['"a" "b"', []],
    ['"a",', []],
    ['"a', []],
    [String.raw`"\x"`, []],
    ['"\u{e9}"', []],
  ])('are a list of strings: %s', (text, groups) => {
    expect(parseCacheGroups(text)).toEqual(groups);
  });

  it('are as many and as long as the RFC asks for, and no more than that by far', () => {
    const many = Array.from({ length: 500 }, (_, i) => `"${String(i).padStart(32, 'x')}"`).join(', ');
    expect(parseCacheGroups(many)).toHaveLength(64);
    expect(parseCacheGroups(`"${'x'.repeat(129)}", "y"`)).toEqual(['y']);
  });

  it('end soon, whatever they look like', () => {
    for (const part of ['"a";x= ;', '"a"; ', '"\\"', '"a",', ';x=";']) {
      expect(parseCacheGroups(part.repeat(10_000)).length).toBeLessThanOrEqual(1);
    }
  });
});
