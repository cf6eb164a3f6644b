import { describe, expect, it } from '@jest/globals';
import { SampleReader } from '../sample-reader.ts';
import { figuresOf, kneeOf, type GroupFigures } from './groups.ts';
import { linePlot, tickStep } from './line-plot.ts';
import { htmlOf, markdownOf, passed, verdictOf, type ScenarioResult } from './load-report.ts';
import { plotsOf } from './plots.ts';

const threshold = { metric: 'http_req_duration{route:a}', expression: 'p(95)<500', value: 12.3456, kept: true };
const result = (more: Partial<ScenarioResult> = {}): ScenarioResult => ({
  scenario: 'smoke',
  description: 'a little of everything',
  target: 'http://localhost:1',
  startedAt: '2026-11-25T00:00:00.000Z',
  failure: null,
  thresholds: [threshold],
  scenarios: [],
  routes: [],
  notes: [],
  ...more,
});

describe('the verdict on a scenario', () => {
  it.each([
    [{}, true, 'passed, 1 thresholds kept'],
    [{ thresholds: [threshold, { ...threshold, kept: false }] }, false, 'failed, 1 of 2 thresholds crossed'],
    [{ failure: 'k6 ended with 107', thresholds: [] }, false, 'failed: k6 ended with 107'],
  ])('follows from %j', (more, good, verdict) => {
    expect([passed(result(more)), verdictOf(result(more))]).toEqual([good, verdict]);
  });
});

describe('the report', () => {
  const report = { set: 'load', environment: 'Node 26', results: [result({ notes: ['a < b'] })] };
  const plots = new Map([[report.results[0], [{ name: 'latency', svg: '<svg/>' }]]]);

  it('shows each threshold with its value, and links the plots', () => {
    const page = markdownOf(report, plots, (_, { name }) => `load/${name}.svg`);
    expect(page).toContain('| http_req_duration{route:a} | p(95)<500 | 12.35 | kept |');
    expect(page).toContain('![latency](load/latency.svg)');
  });

  it('is one page that loads nothing, with everything escaped', () => {
    const page = htmlOf(report, plots);
    expect(page).toContain('<td>p(95)&lt;500</td>');
    expect(page).toContain('<p>a &lt; b.</p>');
    expect(page).toContain('<svg/>');
    expect(page).not.toMatch(/src=|href=|@import|url\(/);
  });
});

describe('figures', () => {
  it('are those of the group', () => {
    const durationsMs = Array.from({ length: 100 }, (_, i) => 100 - i);
    const group = { durationsMs, failed: 5, firstMs: 1_000, lastMs: 11_000 };
    expect(figuresOf(new Map([['a', group]]))).toEqual([
      {
        name: 'a',
        requests: 100,
        requestsPerSecond: 10,
        failedPercent: 5,
        p50Ms: 50,
        p95Ms: 95,
        p99Ms: 99,
        maxMs: 100,
      },
    ]);
  });

  const step = (rate: number, more: Partial<GroupFigures> = {}): GroupFigures => ({
    name: `rps_${rate}`,
    requests: 1,
    requestsPerSecond: rate,
    failedPercent: 0,
    p50Ms: 1,
    p95Ms: 2,
    p99Ms: 3,
    maxMs: 4,
    ...more,
  });

  it.each([
    ['no knee up to 1000', [step(1000), step(500)]],
    ['the knee is behind 500', [step(500), step(1000, { requestsPerSecond: 900 })]],
    ['the knee is behind 500', [step(500), step(1000, { p95Ms: 700 }), step(2000)]],
    ['beyond the knee from the first step', [step(500, { failedPercent: 3 })]],
  ])('show %s', (text, steps) => {
    expect(kneeOf(steps)).toContain(text);
  });

  it('have no knee where nothing was raised', () => {
    expect(kneeOf([{ ...step(1), name: 'users' }])).toBeNull();
  });
});

describe('a plot', () => {
  it('draws every line from the beginning to the end, over ticks that are easy to read', () => {
    const svg = linePlot('A & B', 'ms', [
      { name: 'p<50>', points: [[0, 0], [10, 90]] },
      { name: 'single', points: [[5, 1]] },
      { name: 'none', points: [] },
    ]); // prettier-ignore
    expect(svg).toContain('A &amp; B (ms)');
    expect(svg).toContain('p&lt;50&gt;');
    expect(svg).toContain('M56 190L748 55');
    expect(svg).toContain('<circle');
    expect(svg).not.toContain('NaN');
  });

  it.each([
    [0, 1],
    [6, 1],
    [7, 2],
    [90, 20],
    [0.9, 0.2],
    [4_300, 1_000],
  ])('up to %d has a tick every %d', (max, step) => {
    expect(tickStep(max)).toBe(step);
  });

  it('is drawn of answers, latencies and users, and of the gateway where it can be watched', () => {
    const samples = new SampleReader();
    samples.readLine('metric_name,timestamp,metric_value,expected_response,scenario,status,extra_tags,metadata');
    samples.readLine('http_req_duration,1795573441100,4.25,true,users,201,,');
    expect(plotsOf(samples, []).map(({ name }) => name)).toEqual(['answers', 'latency', 'users']);
    const gateway = [{ atS: 1795573442, cpuPercent: 5, residentMb: 100 }];
    const plots = plotsOf(samples, gateway);
    expect(plots.map(({ name }) => name)).toEqual(['answers', 'latency', 'users', 'cpu', 'memory']);
    expect(plots.map(({ svg }) => svg).join('')).not.toContain('NaN');
    expect(plots[0].svg).toContain('2xx');
    expect(plots[0].svg).not.toContain('5xx');
  });
});
