import { describe, expect, it } from '@jest/globals';
import type { WorkloadResult } from '../workloads/workload.ts';
import { verdictLine, verdicts } from './targets.ts';

function result(workload: string, metric: string, rows: Record<string, number[]>): WorkloadResult {
  return {
    workload,
    description: '',
    columns: [],
    ratios: null,
    notes: [],
    rows: Object.entries(rows).map(([subject, values]) => ({
      subject,
      rounds: values.map((value) => ({ [metric]: value })),
    })),
  };
}

const found = (results: WorkloadResult[], target: string) =>
  verdicts(results).find((verdict) => verdict.target.includes(target))!;

describe('the verdicts', () => {
  it('hold the CPU time against the floor, round by round', () => {
    const run = result('get-1k', 'cpuUsPerRequest', { gateway: [11, 33, 24], floor: [10, 30, 20] });
    expect(found([run], 'get-1k: CPU per request / floor')).toMatchObject({ value: 1.1, met: true });
  });

  it('miss a target that is crossed', () => {
    const run = result('get-1m', 'cpuUsPerRequest', { gateway: [11], floor: [10] });
    expect(found([run], 'get-1m')).toMatchObject({ value: 1.1, met: false });
  });

  it('take the worst place of a route in the file', () => {
    const run = result('routes-1000', 'cpuUsPerRequest', { '10 routes': [100], first: [101], last: [104] });
    expect(found([run], '1,000 routes')).toMatchObject({ value: 1.04, met: false });
  });

  it('hold a variant of the gateway against the peer that does the same', () => {
    const rows = { 'gateway-policies': [22], gateway: [20], 'haproxy-policies': [20] };
    const run = result('policies', 'cpuUsPerRequest', rows);
    expect(found([run], 'policies: CPU per request / gateway')).toMatchObject({ value: 1.1, met: true });
    expect(found([run], 'policies: CPU per request / haproxy')).toMatchObject({ value: 1.1, met: true });
    const open = result('breaker-open', 'cpuUsPerRequest', { 'breaker open': [15], proxied: [20] });
    expect(found([open], 'breaker-open')).toMatchObject({ value: 0.75, met: false });
  });

  it('bring memory and time into the unit of the limit', () => {
    const idle = result('idle', 'bytesPerConnection', { gateway: [19_000, 25_000, 18_000], 'node-http': [1] });
    expect(found([idle], 'idle connection')).toMatchObject({ value: 19, met: true });
    const start = result('start', 'firstAnswerMs', { gateway: [1_600] });
    expect(found([start], 'start to first answer')).toMatchObject({ value: 1.6, met: false });
  });

  it('stay open when the gateway or the reference did not take part', () => {
    const run = result('get-1k', 'cpuUsPerRequest', { gateway: [11] });
    expect(found([run], 'get-1k: CPU per request / caddy')).toMatchObject({ value: null, met: null });
    expect(verdicts([]).every(({ met }) => met === null)).toBe(true);
  });

  it('are doubted when others were busy in most rounds', () => {
    const run = (...othersBusyPercent: number[]): WorkloadResult => ({
      ...result('get-1k', 'cpuUsPerRequest', {}),
      rows: ['gateway', 'floor'].map((subject) => ({
        subject,
        rounds: othersBusyPercent.map((others) => ({ cpuUsPerRequest: 10, othersBusyPercent: others })),
      })),
    });
    expect(found([run(60, 1, 0)], 'get-1k: CPU per request / floor').disturbed).toBe(false);
    expect(found([run(60, 1, 50)], 'get-1k: CPU per request / floor').disturbed).toBe(true);
  });

  it('are said in one line each', () => {
    const missed = { target: 't', limit: 1.5, value: 1.6, met: false, disturbed: false };
    expect(verdictLine(missed)).toBe('MISSED        t: 1.600 (at most 1.5)');
    expect(verdictLine({ ...missed, disturbed: true })).toMatch(/others were busy on the core$/);
    expect(verdictLine({ ...missed, value: null, met: null })).toBe('not measured  t (at most 1.5)');
  });
});
