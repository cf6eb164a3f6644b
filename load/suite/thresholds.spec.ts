import { describe, expect, it } from '@jest/globals';
import { parseSummary } from './thresholds.ts';

describe('the thresholds in the summary of k6', () => {
  it('have the value that they were held against, and true where they were crossed', () => {
    const metrics = {
      'http_req_duration{route:users}': { med: 1, 'p(95)': 156.75, thresholds: { 'p(95)<500': false } },
      http_req_failed: { passes: 40, fails: 121, value: 0.248, thresholds: { 'rate<0.01': true } },
      'http_reqs{route:b}': { count: 0, rate: 0, thresholds: { 'count>0': true, 'rate >= 1': true } },
      unheld: { avg: 1 },
    };
    expect(parseSummary(JSON.stringify({ metrics }))).toEqual([
      { metric: 'http_req_duration{route:users}', expression: 'p(95)<500', value: 156.75, kept: true },
      { metric: 'http_req_failed', expression: 'rate<0.01', value: 0.248, kept: false },
      { metric: 'http_reqs{route:b}', expression: 'count>0', value: 0, kept: false },
      { metric: 'http_reqs{route:b}', expression: 'rate >= 1', value: 0, kept: false },
    ]);
  });
});
