import { describe, expect, it } from '@jest/globals';
import { AMBIGUOUS, bearerToken, singleField } from './credentials.js';

describe('a credential field', () => {
  it('is found in any case', () => {
    expect(singleField(['a', '1', 'X-API-Key', 'k'], 'x-api-key')).toBe('k');
    expect(singleField(['a', '1'], 'x-api-key')).toBeUndefined();
  });

  it('that comes twice is none, even with equal values', () => {
    expect(singleField(['x-api-key', 'k', 'X-Api-Key', 'k'], 'x-api-key')).toBe(AMBIGUOUS);
  });
});

describe('a bearer token', () => {
  it.each([
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer a.b.c', 'a.b.c'],
    ['BEARER   a.b.c', 'a.b.c'],
    ['Bearer', ''],
    ['Bearer ', ''],
    ['Bearer a b', 'a b'],
    ['Basic YTpi', undefined],
    ['Bearera.b.c', undefined],
    ['', undefined],
  ])('in %j is %j', (value, token) => {
    expect(bearerToken(value)).toBe(token);
  });
});
