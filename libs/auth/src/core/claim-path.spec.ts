import { describe, expect, it } from '@jest/globals';
import { claimReader, textOf, textsOf } from './claim-path.js';

const claims = {
  sub: 'u-1',
  realm: { access: { roles: ['a'] } },
  'https://example.com/roles': ['b'],
  'a.b': 'whole',
  a: { b: 'part' },
};

describe('a path of claims', () => {
  it.each([
    ['sub', 'u-1'],
    ['realm.access.roles', ['a']],
    ['https://example.com/roles', ['b']],
    ['a.b', 'whole'],
    ['a', { b: 'part' }],
    ['nothing', undefined],
    ['sub.length', undefined],
    ['constructor', undefined],
    ['realm.__proto__.toString', undefined],
  ])('%s leads to %j', (path, value) => {
    expect(claimReader(path)(claims)).toEqual(value);
  });
});

describe('claims as lists', () => {
  it.each<[unknown, string[]]>([
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a b  c', ['a', 'b', 'c']],
    ['', []],
    [['a', 1, null, ['b']], ['a']],
    [{ a: 1 }, []],
    [undefined, []],
    [7, []],
  ])('%j is %j', (claim, texts) => {
    expect(textsOf(claim)).toEqual(texts);
  });

  it('are no text', () => {
    expect([textOf('a'), textOf(['a']), textOf(1.5), textOf(undefined)]).toEqual(['a', '', '', '']);
    expect(textOf(7)).toBe('7');
  });
});
