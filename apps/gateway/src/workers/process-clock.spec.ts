import { describe, expect, it } from '@jest/globals';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { runThreads } from '../../../../test/helpers/threads/run-threads.js';
import { clockOffsetMs, processClock } from './process-clock.js';

const TASK = new URL('../../../../test/helpers/threads/read-clock.ts', import.meta.url);

describe('the clock of the process', () => {
  it('is that of the thread where there is one worker', () => {
    expect(clockOffsetMs(null)).toBe(0);
  });

  it('begins above nothing, and goes on', () => {
    const now = processClock(commonMemory(new Map(), 2, 0));
    const first = now();
    expect(first).toBeGreaterThanOrEqual(1_000);
    expect(now()).toBeGreaterThanOrEqual(first);
  });

  it('is the same in every thread, however much later that began', async () => {
    const regions: Regions = new Map();
    const now = processClock(commonMemory(regions, 3, 2));
    const before = now();
    const readings = await runThreads<number>(TASK, 2, { regions });
    const after = now();
    for (const reading of readings) {
      expect(reading).toBeGreaterThan(before - 0.01);
      expect(reading).toBeLessThan(after + 0.01);
    }
  });
});
