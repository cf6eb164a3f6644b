import { describe, expect, it } from '@jest/globals';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { KeyHash } from './key-hash.js';

function hashOf(hash: KeyHash, ...parts: readonly (string | number)[]): string {
  hash.begin();
  for (const part of parts) {
    if (typeof part === 'number') hash.word(part);
    else hash.text(part);
  }
  hash.end();
  return `${hash.high}/${hash.low}`;
}

describe('the hash of a key', () => {
  const hash = new KeyHash(1, 2);

  it('is the same for the same parts and the same secret, and another in the next process', () => {
    expect(hashOf(hash, 1, 'tenant')).toBe(hashOf(new KeyHash(1, 2), 1, 'tenant'));
    expect(hashOf(hash, 1, 'tenant')).not.toBe(hashOf(new KeyHash(1, 3), 1, 'tenant'));
    expect(hashOf(new KeyHash(), 'a')).not.toBe(hashOf(new KeyHash(), 'a'));
  });

  it('is the same for workers that share memory, and another for those that do not', () => {
    const regions: Regions = new Map();
    const [first, second] = [0, 1].map((worker) => KeyHash.sharedBy(commonMemory(regions, 2, worker)));
    expect(hashOf(first, 'a')).toBe(hashOf(second, 'a'));
    expect(hashOf(KeyHash.sharedBy(commonMemory(new Map(), 2, 0)), 'a')).not.toBe(hashOf(first, 'a'));
  });

  it('tells different parts apart that read the same when they are joined', () => {
    const keys: (string | number)[][] = [
      ['ab', 'c'],
      ['a', 'bc'],
      ['abc'],
      ['abc', ''],
      ['', 'abc'],
      ['abc\0'],
      ['abcd'],
      ['é', 'x'],
      ['\u{e9}x'],
      ['\u0161'],
      ['\u0001a'],
      ['\u6100'],
      [1, 'abc'],
    ];
    expect(new Set(keys.map((parts) => hashOf(hash, ...parts))).size).toBe(keys.length);
  });

  it('never gives two of 200,000 neighbouring keys the same value, and spreads them evenly', () => {
    const seen = new Set<string>();
    const places = new Uint32Array(256);
    for (let i = 0; i < 200_000; i++) {
      seen.add(hashOf(hash, i % 7, `user-${i}`));
      places[hash.high & 255]++;
    }
    expect(seen.size).toBe(200_000);
    // 781 on average; six standard deviations to either side.
    expect(Math.min(...places)).toBeGreaterThan(781 - 170);
    expect(Math.max(...places)).toBeLessThan(781 + 170);
  });
});
