import { describe, expect, it } from '@jest/globals';
import { cpuUsBetween } from './cpu-time.ts';

const snapshot = (ticksUs: number, threads: Record<string, number>) => ({
  ticksUs,
  threadsNs: new Map(Object.entries(threads)),
});

describe('CPU time between two snapshots', () => {
  it('is the sum over the threads, those begun meanwhile included', () => {
    const before = snapshot(0, { a: 1_000_000, b: 5_000 });
    const after = snapshot(10_000, { a: 3_000_000, b: 6_000, c: 500_000 });
    expect(cpuUsBetween(before, after)).toBe(2_501);
  });

  it('is counted in ticks when a thread ended, since its exact count went with it', () => {
    expect(cpuUsBetween(snapshot(10_000, { a: 1, b: 2 }), snapshot(50_000, { a: 9 }))).toBe(40_000);
  });

  it('is counted in ticks where the kernel keeps no scheduler statistics', () => {
    expect(cpuUsBetween(snapshot(10_000, {}), snapshot(30_000, {}))).toBe(20_000);
  });
});
