import { describe, expect, it } from '@jest/globals';
import { newTraceparent } from '../../edge/traceparent.js';
import { TraceSampler } from './trace-sampler.js';

function begun(traceparent: string): { traceparent: string; traceContinued: boolean } {
  return { traceparent, traceContinued: false };
}

function continued(flags: string): { traceparent: string; traceContinued: boolean } {
  return { traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`, traceContinued: true };
}

describe('the sampling of traces', () => {
  it.each([
    [0, 0],
    [0.1, 1_000],
    [0.5, 5_000],
    [1, 10_000],
  ])('at %d records its share of those that begin here', (ratio, expected) => {
    const sampler = new TraceSampler(ratio, true);
    const count = Array.from({ length: 10_000 }, newTraceparent).filter((made) => sampler.samples(begun(made))).length;
    expect(Math.abs(count - expected)).toBeLessThanOrEqual(expected === 0 || expected === 10_000 ? 0 : 300);
  });

  it('records by the id alone, so that others decide the same, and a larger share has the smaller one in it', () => {
    const traces = Array.from({ length: 1_000 }, newTraceparent).map(begun);
    const few = traces.filter((trace) => new TraceSampler(0.2, true).samples(trace));
    expect(few).toEqual(traces.filter((trace) => new TraceSampler(0.2, true).samples(trace)));
    expect(few.every((trace) => new TraceSampler(0.3, true).samples(trace))).toBe(true);
    const sampler = new TraceSampler(0.5, true);
    expect(sampler.samples(begun('00-4bf92f3577b34da6a37fffffffffffff-00f067aa0ba902b7-00'))).toBe(false);
    expect(sampler.samples(begun('00-4bf92f3577b34da6a380000000000000-00f067aa0ba902b7-00'))).toBe(true);
  });

  it('does what the client has decided about its trace, whatever the ratio', () => {
    for (const ratio of [0, 1]) {
      const sampler = new TraceSampler(ratio, true);
      for (const flags of ['01', '03', 'ff', '0b']) expect(sampler.samples(continued(flags))).toBe(true);
      for (const flags of ['00', '02', 'fe', '0a']) expect(sampler.samples(continued(flags))).toBe(false);
    }
  });

  it('leaves nothing to clients where they are not asked', () => {
    expect(new TraceSampler(0, false).samples(continued('01'))).toBe(false);
    expect(new TraceSampler(1, false).samples(continued('00'))).toBe(true);
  });

  it('takes a share that is smaller than one trace for none', () => {
    expect(
      new TraceSampler(1e-18, true).samples(begun('00-4bf92f3577b34da6a3ffffffffffffff-00f067aa0ba902b7-00')),
    ).toBe(false);
  });
});
