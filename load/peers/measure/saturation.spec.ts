import { describe, expect, it } from '@jest/globals';
import { parseSaturation } from './saturation.ts';

describe('the summary of wrk', () => {
  it('is found between what wrk prints for people', () => {
    const summary = { requests: 5, durationUs: 2e6, bytes: 9, p50Us: 1, p95Us: 2, p99Us: 3, refused: 1, errors: 0 };
    const output = `Running 2s test\n  1 threads\n\nSATURATION ${JSON.stringify(summary)}\n`;
    expect(parseSaturation(output)).toEqual(summary);
  });

  it('says what wrk said when there is none', () => {
    expect(() => parseSaturation('unable to connect to 127.0.0.1:1\n')).toThrow('unable to connect');
  });
});
