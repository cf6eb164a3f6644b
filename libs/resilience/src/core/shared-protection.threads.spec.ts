import { beforeEach, describe, expect, it } from '@jest/globals';
import { commonMemory, type CommonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import type { HammeredProtection, ProtectionHammering } from '../../../../test/helpers/threads/protection-hammering.js';
import { runThreads } from '../../../../test/helpers/threads/run-threads.js';
import type { BreakerSettings } from './breaker.js';
import { Bulkhead } from './bulkhead.js';
import { RetryBudget } from './retry-budget.js';
import { SharedBreaker } from './shared-breaker.js';

const THREADS = 4;
const CALLS = 25_000;
const TASK = new URL('../../../../test/helpers/threads/hammer-protection.ts', import.meta.url);
const settings: BreakerSettings = {
  failureRatePercent: 50,
  volumeThreshold: 1_000,
  windowMs: 10_000,
  resetMs: 30_000,
  halfOpenProbes: 3,
};

let nowMs: number;
let regions: Regions;
/** As a worker beside the threads sees it. */
let breaker: SharedBreaker;
let budget: RetryBudget;
let bulkhead: Bulkhead;

beforeEach(() => {
  nowMs = 1_000_000;
  regions = new Map();
  const memory: CommonMemory = commonMemory(regions, THREADS + 1, THREADS);
  const silent = (): void => undefined;
  breaker = new SharedBreaker('b', settings, { memory, name: 'b' }, silent, () => nowMs);
  budget = new RetryBudget(20, 0, { memory, name: 'budget', clockOffsetMs: 0 });
  const places = { concurrentMax: 2, queueMax: 0, queueTimeoutMs: 1 };
  bulkhead = new Bulkhead(places, () => nowMs, { memory, name: 'bulkhead' });
});

function hammer(failing: boolean | null): Promise<HammeredProtection[]> {
  const data: ProtectionHammering = {
    regions,
    nowMs,
    settings,
    calls: CALLS,
    failing,
    concurrentMax: 2,
    inside: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  };
  return runThreads<HammeredProtection>(TASK, THREADS, data);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('four threads', () => {
  it('open a breaker once, by the failures of all of them', async () => {
    const results = await hammer(true);
    expect(results.flatMap(({ transitions }) => transitions)).toEqual(['open']);
    expect(breaker.state).toBe('open');
    // What was under way when it opened is let through as well: at most one call of each of the others.
    const admitted = sum(results.map((each) => each.admitted));
    expect(admitted).toBeGreaterThanOrEqual(1_000);
    expect(admitted).toBeLessThan(1_000 + THREADS);
  });

  it('miss none of the successes of any of them', async () => {
    const results = await hammer(false);
    expect(sum(results.map((each) => each.admitted))).toBe(THREADS * CALLS);
    expect(breaker.counts).toEqual({ total: THREADS * CALLS, failed: 0 });
  });

  it('let no more probes through than one would', async () => {
    for (let i = 0; i < 1_000; i++) breaker.leave(breaker.enter(), true);
    nowMs += settings.resetMs;
    const results = await hammer(null);
    expect(sum(results.map((each) => each.admitted))).toBe(3);
    expect(results.flatMap(({ transitions }) => transitions)).toEqual(['half-open']);
  });

  it('are never more in a bulkhead than it has places', async () => {
    const results = await hammer(null);
    expect(Math.max(...results.map(({ mostInside }) => mostInside))).toBeLessThanOrEqual(2);
    expect(bulkhead.active).toBe(0);
  });

  it('have the retries that their budget allows, to the last one', async () => {
    const retries = sum((await hammer(null)).map((each) => each.retries));
    let left = 0;
    while (budget.withdraw(nowMs)) left++;
    expect(retries + left).toBe(THREADS * CALLS * 0.2);
  });
});
