import { describe, expect, it } from '@jest/globals';
import { describeDelays, watchLoopDelay, type Delays } from './loop-delay.js';

const ms = (late: number): number => (late + 1) * 1e6;

const delays: Delays = {
  count: 1000,
  min: ms(0.1),
  mean: ms(2),
  max: ms(300),
  percentile: (percent) => ms(percent / 10),
  percentiles: new Map([
    [0, ms(0.1)],
    [50, ms(0.4)],
    [90, ms(4)],
    [99, ms(20)],
    [100, ms(300)],
  ]),
};

describe('the delay of the event loop', () => {
  it('is told in percentiles, less the interval of the measurement', () => {
    expect(describeDelays(delays, 2, 0.25).slice(0, 9)).toEqual([
      'event loop delay: 1000 samples in 2.0 s, one each 1 ms',
      'min   0.100 ms',
      'mean  2.000 ms',
      'p50   5.000 ms',
      'p90   9.000 ms',
      'p99   9.900 ms',
      'p99.9 9.990 ms',
      'max   300.000 ms',
      'utilisation 25.0 %',
    ]);
  });

  it('is drawn as a histogram in which every sample lies in one bucket', () => {
    const rows = describeDelays(delays, 2, 0.25).slice(10);
    expect(rows[1]).toBe(`<= 0.5 ms        500 ${'#'.repeat(25)}`);
    expect(rows.at(-1)).toBe('more               0');
    const counts = rows.map((row) => Number(/(\d+)(?: #+)?$/.exec(row)?.[1]));
    expect(counts.reduce((a, b) => a + b)).toBe(1000);
  });

  it('has no figures without samples', () => {
    expect(describeDelays({ ...delays, count: 0 }, 0, 0)).toHaveLength(2);
  });

  it('is no longer watched once nobody waits for it', async () => {
    const lines = await watchLoopDelay(300, AbortSignal.abort());
    expect(lines[0]).toMatch(/^event loop delay: \d+ samples in 0\.\d s/);
  });
});
