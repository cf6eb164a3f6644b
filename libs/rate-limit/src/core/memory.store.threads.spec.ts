import { describe, expect, it } from '@jest/globals';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import type { LimitHammering } from '../../../../test/helpers/threads/limit-hammering.js';
import { runThreads } from '../../../../test/helpers/threads/run-threads.js';
import { Charge } from './charge.js';
import { Limit, type Algorithm } from './limit.js';
import { MemoryStore } from './memory.store.js';

const THREADS = 4;
const HITS = 25_000;
const TASK = new URL('../../../../test/helpers/threads/hammer-limits.ts', import.meta.url);
const windowMs = 3_600_000;

/** What each thread let through of each key. */
async function hammer(plan: LimitHammering): Promise<{ byKey: number[]; store: MemoryStore }> {
  const regions: Regions = new Map();
  // Made here, so that all threads get the same memory.
  const memory = commonMemory(regions, THREADS + 1, THREADS);
  const store = new MemoryStore({ keysMax: plan.keysMax, now: () => 1_000, memory });
  for (const settings of plan.limits) store.peek([new Charge(0, new Limit(settings))]);
  const results = await runThreads<number[]>(TASK, THREADS, { ...plan, regions });
  const byKey = Array.from({ length: plan.keys }, (_, key) => results.reduce((sum, each) => sum + each[key], 0));
  return { byKey, store };
}

describe.each<Algorithm>(['gcra', 'sliding-window'])('four threads with one memory, by %s', (algorithm) => {
  it('admit of 100,000 requests for one key exactly what one would', async () => {
    const limits = [{ algorithm, burst: 1_234, windowMs }];
    const { byKey } = await hammer({ keysMax: 1_000, limits, firstForAll: false, keys: 1, hits: HITS });
    expect(byKey).toEqual([1_234]);
  });

  it('give each of 2,000 new keys one place, whoever comes first', async () => {
    const limits = [{ algorithm, burst: 7, windowMs }];
    const { byKey, store } = await hammer({ keysMax: 8_000, limits, firstForAll: false, keys: 2_000, hits: HITS });
    expect(byKey.filter((admitted) => admitted !== 7)).toEqual([]);
    expect(store.held()).toBe(2_000);
  });

  it('charge all limits of a request or none', async () => {
    // All keys together may have less than each of them: the wide limits see refusals all the time.
    const limits = [1_000, 40, 50].map((burst) => ({ algorithm, burst, windowMs }));
    const { byKey, store } = await hammer({ keysMax: 1_000, limits, firstForAll: true, keys: 100, hits: HITS });
    expect(byKey.reduce((sum, admitted) => sum + admitted, 0)).toBe(1_000);
    byKey.forEach((admitted, key) => {
      const left = [1, 2].map((policy) => {
        const charge = new Charge(policy, new Limit(limits[policy]));
        charge.high = Math.imul(key + 1, 0x9e3779b1) + policy;
        charge.low = key;
        store.peek([charge]);
        return charge.remaining;
      });
      expect(left).toEqual([40 - admitted, 50 - admitted]);
    });
  });

  it('let no key have more than its limit when the table is full', async () => {
    const limits = [{ algorithm, burst: 3, windowMs }];
    const { byKey, store } = await hammer({ keysMax: 16, limits, firstForAll: false, keys: 3_000, hits: HITS });
    expect(Math.max(...byKey)).toBe(3);
    // 32 keys have a cell of their own, and 16 cells are shared by the others.
    expect(byKey.reduce((sum, admitted) => sum + admitted, 0)).toBe((32 + 16) * 3);
    expect(store.held()).toBe(48);
  });
});

describe('a worker that has ended in the middle of a decision', () => {
  const charge = new Charge(0, new Limit({ burst: 5, windowMs }));
  const ended = (): Regions => {
    const regions: Regions = new Map();
    const store = new MemoryStore({ keysMax: 16, memory: commonMemory(regions, 2, 0) });
    store.peek([charge]);
    new Int32Array(regions.get('limits/locks') as SharedArrayBuffer).fill(1);
    return regions;
  };

  it('leaves its locks to the worker that takes its place', () => {
    const regions = ended();
    const store = new MemoryStore({ keysMax: 16, memory: commonMemory(regions, 2, 0) });
    expect([...new Int32Array(regions.get('limits/locks') as SharedArrayBuffer)]).toEqual([0, 0, 0]);
    expect(store.decide([charge])).toBe(true);
  });

  it('leaves them to another one that has waited for them', () => {
    const regions = ended();
    const store = new MemoryStore({ keysMax: 16, memory: commonMemory(regions, 2, 1) });
    expect(store.decide([charge])).toBe(true);
  });
});
