import { describe, expect, it } from '@jest/globals';
import { notComparable, type RuleResult } from '../rules/rule-result.ts';
import type { Verdict } from '../verdict.ts';
import { markdownOf } from './markdown.ts';
import { notesOf, verdictLine, verdictTable } from './verdict-table.ts';

const fine: RuleResult = {
  rule: 'cpu',
  subject: 'get',
  unit: 'us/request',
  base: 30,
  head: 30.3,
  change: { estimate: 0.01, low: -0.005, high: 0.02, surely: -0.01, pairs: 5 },
  relative: true,
  limit: 0.05,
  judgement: 'ok',
  note: null,
};
const worse: RuleResult = {
  ...fine,
  rule: 'latency',
  subject: 'p99',
  unit: 'ms',
  base: 2,
  head: 20,
  change: { estimate: 18, low: 17, high: 19, surely: 16, pairs: 5 },
  relative: false,
  limit: 5,
  judgement: 'worse',
};
const tooFew: RuleResult = {
  ...fine,
  subject: 'post',
  change: { estimate: 0.03, low: -1, high: Infinity, surely: -1, pairs: 3 },
  judgement: 'undecided',
};
const absent = notComparable({ rule: 'bench', subject: 'new/case', unit: 'ns/op', relative: true, limit: 0.1 }, 'why');

const verdictOf = (...results: RuleResult[]): Verdict => ({
  regression: results.some(({ judgement }) => judgement === 'worse'),
  results,
  unmeasured: results.filter(({ change }) => change.high === Infinity).length,
  labels: { base: 'main (1234567890)', head: 'abcdefabcd + uncommitted changes' },
  notes: ['others used 40 % of the measured core during the run'],
  startedAt: '2026-11-25T00:00:00.000Z',
  seconds: 93,
  quick: true,
  seed: 1,
  environment: {
    node: '26.10.0',
    kernel: '6.1',
    architecture: 'x64',
    cpuModel: 'A CPU',
    cpuCount: 2,
    memoryBytes: 1,
    cores: { peer: 1, load: 0, upstream: 0 },
    revision: null,
    versions: {},
  },
});

describe('the report of a comparison', () => {
  it('begins with the verdict, which names what is worse', () => {
    expect(verdictLine(verdictOf(fine, worse))).toBe(
      'REGRESSION: latency (p99); 2 rules; abcdefabcd + uncommitted changes against main (1234567890) in 93 s',
    );
    expect(verdictLine(verdictOf(fine))).toMatch(/^no regression; 1 rules; /);
  });

  it('says how much noise left open, without what was never compared', () => {
    const noisy: RuleResult = { ...fine, judgement: 'undecided' };
    expect(verdictLine(verdictOf(fine, noisy, absent))).toMatch(/^no regression; 3 rules, 1 within noise; /);
  });

  it('is no verdict when the time was too short, unless what was measured is worse', () => {
    expect(verdictLine(verdictOf(fine, tooFew))).toMatch(/^NO VERDICT: the time was too short for 1 rules /);
    expect(verdictLine(verdictOf(worse, tooFew))).toMatch(/^REGRESSION: latency \(p99\); /);
  });

  it('shows parts in percent and amounts in their unit, with the interval', () => {
    const [, cpu, latency] = verdictTable([fine, worse]);
    expect(cpu).toEqual(['cpu: get', '30.0', '30.3', 'us/request', '+1.0 %', '-0.5 % to +2.0 %', '5', '+5.0 %', 'ok']);
    expect(latency).toEqual(['latency: p99', '2.00', '20.0', 'ms', '+18.0', '+17.0 to +19.0', '5', '+5.00', 'WORSE']);
  });

  it('says that there were too few pairs, and what was not compared', () => {
    const [, few, none] = verdictTable([tooFew, absent]);
    expect(few.slice(4)).toEqual(['+3.0 %', 'too few pairs', '3', '+5.0 %', 'undecided']);
    expect(none.slice(1)).toEqual(['-', '-', 'ns/op', '-', '-', '0', '+10.0 %', 'undecided *']);
    expect(notesOf(verdictOf(absent))[0]).toBe('* bench: new/case: not compared: why');
  });

  it('tells a pull request first what is not as it should be', () => {
    const lines = markdownOf(verdictOf(fine, worse)).split('\n');
    expect(lines[0]).toMatch(/^\*\*REGRESSION: latency \(p99\)/);
    expect(lines[2]).toMatch(/^\| rule \| base \| head \|/);
    expect(lines[4]).toMatch(/^\| latency: p99 \|/);
    expect(lines.join('\n')).toContain('- others used 40 %');
    expect(lines.join('\n')).toContain('base: main (1234567890); head: abcdefabcd + uncommitted changes');
  });
});
