import { describe, expect, it } from '@jest/globals';
import { Exemplars } from './exemplars.js';

const trace = (digit: string, flags = '00'): string => `00-${digit.repeat(32)}-00f067aa0ba902b7-${flags}`;
const idAt = (exemplars: Exemplars, bucket = 0): string | undefined => exemplars.at(bucket)?.traceId[0];

describe('the exemplar of a bucket', () => {
  it('is none before a request has stood for it', () => {
    expect(new Exemplars(2).at(1)).toBeUndefined();
  });

  it('tells the trace, the value, and when it was', () => {
    const exemplars = new Exemplars(2);
    exemplars.offer(1, 0.25, trace('a'), 5_000);
    const timestampS = Math.round(performance.timeOrigin + 5_000) / 1000;
    expect(exemplars.at(1)).toEqual({ traceId: 'a'.repeat(32), value: 0.25, timestampS });
    expect(exemplars.at(0)).toBeUndefined();
  });

  it('stays for a second, however many requests come', () => {
    const exemplars = new Exemplars(1);
    exemplars.offer(0, 1, trace('a'), 0);
    exemplars.offer(0, 1, trace('b'), 999);
    expect(idAt(exemplars)).toBe('a');
    exemplars.offer(0, 1, trace('c'), 1_000);
    expect(idAt(exemplars)).toBe('c');
  });

  it.each(['01', '03', '0b', 'ff'])(
    'stays for a minute among unsampled ones when its trace is sampled: %s',
    (flags) => {
      const exemplars = new Exemplars(1);
      exemplars.offer(0, 1, trace('a', flags), 0);
      exemplars.offer(0, 1, trace('b', '00'), 59_999);
      expect(idAt(exemplars)).toBe('a');
      exemplars.offer(0, 1, trace('c', '02'), 60_000);
      expect(idAt(exemplars)).toBe('c');
    },
  );

  it('gives way to a sampled one after a second', () => {
    const exemplars = new Exemplars(1);
    exemplars.offer(0, 1, trace('a', '01'), 0);
    exemplars.offer(0, 1, trace('b', '01'), 1_000);
    expect(idAt(exemplars)).toBe('b');
  });
});
