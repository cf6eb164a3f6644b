import { describe, expect, it } from '@jest/globals';
import { chooseEncoding, type Encoding } from './accept-encoding.js';

const all: Encoding[] = ['zstd', 'br', 'gzip'];

describe('the encoding of a response', () => {
  it.each<[string, Encoding | null]>([
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br', 'br'],
    ['zstd', 'zstd'],
    ['gzip, br', 'br'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip;q=1.0, br;q=0.9', 'gzip'],
    ['br;q=0.5,gzip;q=0.5', 'br'],
    ['gzip ; q=0.8 , br ; q=0.9', 'br'],
    ['gzip;Q=0.5, br;q=0.4', 'gzip'],
    ['*', 'zstd'],
    ['*;q=0.1', 'zstd'],
    ['zstd;q=0, *', 'br'],
    ['gzip;q=0.5, *;q=0.1', 'gzip'],
    ['identity;q=0, gzip', 'gzip'],
    ['identity;q=0.5, gzip;q=1', 'gzip'],
    ['identity, gzip', 'gzip'],
    // The body stays as it is.
    ['', null],
    ['identity', null],
    ['deflate', null],
    ['gzip;q=0', null],
    ['gzip;q=0.0, br;q=0.000', null],
    ['*;q=0', null],
    ['identity, gzip;q=0.5', null],
    ['gzip;q=nonsense', null],
    ['gzip;q=', null],
    ['gzip;q=-1', null],
    [' , ,', null],
  ])('for %j is %s', (accept, encoding) => {
    expect(chooseEncoding(accept, all)).toBe(encoding);
  });

  it('is never one that is not offered', () => {
    expect(chooseEncoding('zstd, br;q=0.1', ['br'])).toBe('br');
    expect(chooseEncoding('zstd', ['gzip'])).toBeNull();
  });

  it('is the first offered among those that the client likes equally', () => {
    expect(chooseEncoding('zstd, br, gzip', ['gzip', 'zstd'])).toBe('gzip');
  });
});
