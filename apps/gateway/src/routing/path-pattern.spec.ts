import { describe, expect, it } from '@jest/globals';
import { parsePathPattern, readParams, shapeOf } from './path-pattern.js';

describe('a path of the configuration', () => {
  it.each([
    ['/', { segments: [], tail: false }],
    ['/*', { segments: [], tail: true }],
    ['/a', { segments: [{ text: 'a' }], tail: false }],
    ['/a/', { segments: [{ text: 'a' }, { text: '' }], tail: false }],
    ['/a/*', { segments: [{ text: 'a' }], tail: true }],
    ['/a/:id/b', { segments: [{ text: 'a' }, { parameter: 'id' }, { text: 'b' }], tail: false }],
    ['/:a/:b/*', { segments: [{ parameter: 'a' }, { parameter: 'b' }], tail: true }],
  ])('is taken apart: %s', (path, pattern) => {
    expect(parsePathPattern(path)).toEqual(pattern);
  });

  it('is compared in the form that paths of requests have', () => {
    expect(parsePathPattern('/%7euser/%c3%a9/%41')).toEqual({
      segments: [{ text: '~user' }, { text: '%C3%A9' }, { text: 'A' }],
      tail: false,
    });
  });

  it.each([
    ['/a/:x/b', '/a/:y/b', true],
    ['/a/:x', '/a/*', false],
    ['/a', '/a/*', false],
    ['/a', '/a/', false],
    ['/%7Ea', '/~a', true],
    ['/', '/', true],
    ['/', '/*', false],
  ])('%s and %s have one shape: %s', (a, b, same) => {
    expect(shapeOf(parsePathPattern(a)) === shapeOf(parsePathPattern(b))).toBe(same);
  });
});

describe('what a path names', () => {
  it.each([
    ['/a', '/a', {}],
    ['/', '/', {}],
    ['/:id', '/7', { id: '7' }],
    ['/a/:b/c/:d', '/a/1/c/2', { b: '1', d: '2' }],
    ['/a/:b', '/a/x%2Fy', { b: 'x%2Fy' }],
    ['/a/*', '/a/b/c', { '*': 'b/c' }],
    ['/a/*', '/a/b/', { '*': 'b/' }],
    ['/a/*', '/a/', { '*': '' }],
    ['/a/*', '/a', {}],
    ['/*', '/', { '*': '' }],
    ['/:a/*', '/x/y/z', { a: 'x', '*': 'y/z' }],
  ])('%s in %s', (pattern, path, params) => {
    expect(readParams(parsePathPattern(pattern), path)).toEqual(params);
  });
});
