import { describe, expect, it } from '@jest/globals';
import type { SimulationResult } from '../result/simulation-result.js';
import { svgPlot } from './svg-plot.js';
import { textReport } from './text-report.js';

const none = [0, 0, 0, 0];

const result: SimulationResult = {
  traffic: '<trace> & co.csv',
  seed: 7,
  revision: 'abcdef012345',
  startMs: 0,
  endMs: 4_000,
  routes: [
    {
      id: 'search',
      offered: 1_234,
      answered: 1_000,
      failed: 34,
      failedByStatus: { '503': 34 },
      unanswered: 0,
      refused: 200,
      refusedBy: { 'limit ip': 120, breaker: 80 },
      shadowed: { trial: 3 },
      queued: 5,
      retries: 1,
      retriesDenied: 2,
      latencyMs: { p50: 20.04, p95: 99.96, p99: 1_500.4 },
      budget: { p95Ms: 500, errorRatePercent: 1, errorsPercent: 9.237, kept: false },
    },
  ],
  upstreams: [
    {
      name: 'shop',
      tries: 1_100,
      failedTries: 66,
      activePeak: 9,
      queuePeak: 5,
      queuePeakAtMs: 1_000,
      breaker: {
        openings: 1,
        openMs: 2_000,
        transitions: [
          { atMs: 1_000, to: 'open' },
          { atMs: 2_500, to: 'half-open' },
          { atMs: 3_000, to: 'closed' },
        ],
      },
    },
  ],
  timeline: {
    columnMs: 1_000,
    series: {
      offered: [400, 400, 200, 234],
      answered: [400, 300, 100, 200],
      failed: [0, 34, 0, 0],
      limited: [0, 46, 40, 34],
      bulkhead: none,
      breaker: [0, 20, 60, 0],
      retries: [0, 1, 0, 0],
      active: [9, 9, 9, 9],
      queued: [0, 5, 1, 0],
    },
  },
  notes: ['nothing is cached'],
};

describe('the report in text', () => {
  it('has a line for each route, each refusal, each series and each upstream', () => {
    expect(textReport(result)).toBe(
      [
        '4 s of traffic (<trace> & co.csv), seed 7, configuration abcdef012345',
        '',
        'ROUTE   OFFERED  ANSWERED  FAILED  REFUSED  QUEUED  RETRIED  P50 MS  P95 MS  P99 MS',
        'search    1,234     1,000      34      200       5        1      20     100   1,500',
        '',
        'WHAT                                    REQUESTS  SHARE',
        'search: refused by limit ip                  120   9.7%',
        'search: refused by breaker                    80   6.5%',
        'search: failed with 503                       34   2.8%',
        'search: over limit trial, in shadow            3   0.2%',
        'search: retries that the budget denied         2   0.2%',
        '',
        'offered                ██▅▅ peak 400/s',
        'answered               █▇▃▅ peak 400/s',
        'failed                  ▁   peak 34/s',
        'refused by limits       ▁▁▁ peak 46/s',
        'refused by breakers     ▁▂  peak 60/s',
        'retries                 ▁   peak 1/s',
        'queued                  █▂  peak 5',
        'breaker shop           ·██▒ opened once',
        '                       00:00:00 00:00:04',
        '',
        'upstream shop: 1,100 tries, 66 failed (6.0%); up to 9 at once, up to 5 waited (00:00:01)',
        '  its breaker opened once, and was not closed for 2 s of 4 s: 00:00:01',
        'budget of search: MISSED, p95 100 ms of 500 ms, 9.24% errors of 1%',
        'note: nothing is cached',
        '',
      ].join('\n'),
    );
  });
});

describe('the plot', () => {
  it('is well-formed, needs nothing beside itself, and has a dark side', () => {
    const svg = svgPlot(result);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(svg).toContain('&lt;trace&gt; &amp; co.csv');
    expect(svg).not.toContain('<trace>');
    expect(svg).toContain('prefers-color-scheme:dark');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|NaN|Infinity|undefined/);
    const open = [...svg.matchAll(/<([a-z]+)(?: [^>]*[^/])?>/g)].map(([, name]) => name).sort();
    const closed = [...svg.matchAll(/<\/([a-z]+)>/g)].map(([, name]) => name).sort();
    expect(closed).toEqual(open);
  });

  it('draws what there was and leaves out what there was not', () => {
    const svg = svgPlot(result);
    for (const name of ['answered', 'failed', 'breaker', 'limited']) expect(svg).toContain(`class="layer ${name}"`);
    expect(svg).not.toContain('class="layer bulkhead"');
    expect(svg).toContain('breaker of shop: opened once');
    expect(svg).toContain('waiting for a place, up to 5');
  });
});
