import { describe, expect, it } from '@jest/globals';
import { assignCores, parseCpuList } from './cores.ts';

describe('the cores', () => {
  it('are read from single numbers and ranges', () => {
    expect(parseCpuList('0-2,5,7-8\n')).toEqual([0, 1, 2, 5, 7, 8]);
  });

  it('leave the peer one for itself', () => {
    expect(assignCores([0, 1])).toEqual({ load: 0, peer: 1, upstream: 0 });
    expect(assignCores([4, 5, 6])).toEqual({ load: 4, peer: 5, upstream: 6 });
  });

  it('are not assigned when there is only one', () => {
    expect(assignCores([0])).toEqual({ load: null, peer: null, upstream: null });
  });
});
