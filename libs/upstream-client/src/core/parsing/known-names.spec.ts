import { describe, expect, it } from '@jest/globals';
import { lowerCaseName } from './known-names.js';

describe('lowerCaseName', () => {
  it.each([
    'content-length',
    'Content-Length',
    'CONTENT-LENGTH',
    'transfer-encoding',
    'Date',
    'ETag',
    'x-own-name',
    'X-Own-Name',
    'content-lengtH_',
    'contentalength',
    'Content\rLength',
    'a',
    '!#$%&',
    '@age',
    'content-lenGth`',
  ])('gives %j as toLowerCase() does', (name) => {
    expect(lowerCaseName(`..${name}: x`, 2, 2 + name.length)).toBe(name.toLowerCase());
  });

  it('never takes a neighbour in the table for a well-known name', () => {
    // Bit 5 apart, so in the same place: "-" and CR, "[" and "{", "@" and "`".
    expect(lowerCaseName('content\rlength', 0, 14)).toBe('content\rlength');
    expect(lowerCaseName('@ge', 0, 3)).toBe('@ge');
  });
});
