import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { S3FifoStore } from './s3-fifo.store.js';

describe('a store bounded by bytes', () => {
  it('gives what it was given, until that is replaced or deleted', () => {
    const store = new S3FifoStore<string>(100);
    store.set('a', '1', 10);
    store.set('a', '2', 20);
    expect([store.get('a'), store.bytes, store.size]).toEqual(['2', 20, 1]);
    expect([store.delete('a'), store.delete('a'), store.get('a'), store.bytes]).toEqual([true, false, undefined, 0]);
  });

  it('takes nothing that is larger than itself, and then has nothing older of that key either', () => {
    const store = new S3FifoStore<string>(100);
    store.set('a', '1', 10);
    expect(store.set('a', '2', 101)).toBe(false);
    expect(store.get('a')).toBeUndefined();
  });

  it('keeps what it was given last, also when that is nearly as large as itself', () => {
    const store = new S3FifoStore<string>(100);
    for (let i = 0; i < 9; i++) store.set(`s${i}`, '', 1);
    store.set('large', '', 95);
    expect([store.get('large'), store.bytes <= 100]).toEqual(['', true]);
    store.set('other', '', 95);
    expect([store.get('large'), store.get('other')]).toEqual([undefined, '']);
  });

  it('never holds more than it may, and tells of everything that made room', () => {
    const random = new SeededRandom(7);
    let agreed = true;
    const held = new Map<string, number>();
    const store = new S3FifoStore<number>(10_000, (key) => held.delete(key));
    for (let i = 0; i < 15_000; i++) {
      const key = `k${Math.floor(random.next() ** 3 * 2_000)}`;
      const bytes = 1 + random.below(random.chance(0.01) ? 9_000 : 60);
      if (random.chance(0.5)) agreed &&= (store.get(key) !== undefined) === held.has(key);
      else if (random.chance(0.1)) agreed &&= store.delete(key) === held.delete(key);
      else if (store.set(key, i, bytes)) held.set(key, bytes);
      else held.delete(key);
      agreed &&= store.bytes <= 10_000;
    }
    expect(agreed).toBe(true);
    expect(store.size).toBe(held.size);
    expect(store.bytes).toBe([...held.values()].reduce((sum, bytes) => sum + bytes, 0));
    expect(new Map(store.entries()).size).toBe(held.size);
    store.clear();
    expect([store.size, store.bytes]).toEqual([0, 0]);
  });

  it('is not swept by a scan', () => {
    const store = new S3FifoStore<number>(1_000);
    const hot = Array.from({ length: 50 }, (_, i) => `hot${i}`);
    for (let round = 0; round < 5; round++) {
      for (const key of hot) if (store.get(key) === undefined) store.set(key, 0, 10);
    }
    for (let i = 0; i < 100_000; i++) store.set(`scan${i}`, 0, 10);
    expect(hot.filter((key) => store.get(key) !== undefined).length).toBeGreaterThan(45);
  });

  it('lets what comes back soon stay', () => {
    const store = new S3FifoStore<number>(1_000);
    for (let i = 0; i < 200; i++) store.set(`k${i}`, 0, 10);
    expect(store.get('k95')).toBeUndefined();
    store.set('k95', 1, 10);
    for (let i = 0; i < 150; i++) store.set(`n${i}`, 0, 10);
    expect(store.get('k95')).toBe(1);
  });
});
