import { describe, expect, it } from '@jest/globals';
import { didYouMean, nearestName } from './nearest-name.js';

const KEYS = ['upstream', 'weighted', 'bodyBytesMax', 'port', 'host', 'id', 'rewrite'];

describe('the nearest name', () => {
  it.each([
    ['upstrem', 'upstream'],
    ['upstraem', 'upstream'],
    ['UPSTREAM', 'upstream'],
    ['body_bytes_max', 'bodyBytesMax'],
    ['body-bytes-max', 'bodyBytesMax'],
    ['prot', 'port'],
    ['wheighted', 'weighted'],
    ['ids', 'id'],
  ])('takes %s for %s', (written, meant) => {
    expect(nearestName(written, KEYS)).toBe(meant);
  });

  it.each(['', 'x', 'rateLimit', 'zzzz', 'u'.repeat(10_000)])('knows no name near %.20s', (written) => {
    expect(nearestName(written, KEYS)).toBeNull();
  });

  it('asks with the name in quotes, or not at all', () => {
    expect(didYouMean('hots', KEYS)).toBe('did you mean "host"?');
    expect(didYouMean('zzzz', KEYS)).toBeUndefined();
  });
});
