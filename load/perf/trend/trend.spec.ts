import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Verdict } from '../verdict.ts';
import { readBaseline, record } from './baseline.ts';
import { machineClass } from './machine-class.ts';
import { trendPlots } from './trend-plots.ts';

const folder = mkdtempSync(join(tmpdir(), 'perf-trend-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As much of a verdict as is recorded. */
const verdictOf = (head: string, get: number): Verdict =>
  ({
    labels: { base: 'main', head },
    startedAt: '2026-11-25T00:00:00.000Z',
    results: [
      { rule: 'cpu', subject: 'get', head: get },
      { rule: 'bench', subject: 'new', head: null },
    ],
  }) as unknown as Verdict;

describe('the class of a machine', () => {
  it.each([
    ['Intel(R) Xeon(R) Processor @ 2.90GHz', 2, '26.10.0', 'intel-xeon-processor-2-cores-node-26'],
    ['AMD EPYC 7763 64-Core Processor', 4, '24.1.0', 'amd-epyc-7763-64-core-processor-4-cores-node-24'],
    ['', 1, '26.0.0', 'unknown-1-cores-node-26'],
  ])('of %j is a name for a file', (model, cores, node, name) => {
    expect(machineClass(model, cores, node)).toBe(name);
  });
});

describe('a baseline', () => {
  it('gathers the figures of heads, and leaves out what has none', () => {
    record(verdictOf('aaaaaaaaaa', 30), 'here', folder);
    const file = record(verdictOf('bbbbbbbbbb', 33), 'here', folder);
    expect(readBaseline(file)).toMatchObject({
      machineClass: 'here',
      points: [
        { revision: 'aaaaaaaaaa', figures: { 'cpu: get': 30 } },
        { revision: 'bbbbbbbbbb', figures: { 'cpu: get': 33 } },
      ],
    });
    expect(readdirSync(folder)).toEqual(['here.json']);
  });

  it('takes no tree with uncommitted changes, and none of another class', () => {
    expect(() => record(verdictOf('cccccccccc + uncommitted changes', 1), 'here', folder)).toThrow('commit first');
    writeFileSync(join(folder, 'other.json'), readFileSync(join(folder, 'here.json')));
    expect(() => record(verdictOf('dddddddddd', 1), 'other', folder)).toThrow(
      'is of another class of machine (here), and this is other',
    );
  });

  it.each([
    ['no JSON', '{', /JSON/],
    ['something else', '{"points": 1}', /is no baseline$/],
  ])('that is %s is refused', (_, content, message) => {
    const file = join(folder, 'broken.json');
    writeFileSync(file, content);
    expect(() => readBaseline(file)).toThrow(message);
  });
});

describe('the plots of a trend', () => {
  it('show each part in percent of its first run', () => {
    const points = [30, 33].map((get, i) => ({
      at: '',
      revision: `r${i}`,
      figures: { 'cpu: get': get, 'errors: x': 0 },
    }));
    const plots = trendPlots({ machineClass: 'here', points });
    expect(plots.map(({ part }) => part)).toEqual(['cpu']);
    expect(plots[0].svg).toContain('cpu (% of the first run)');
    expect(plots[0].svg).toMatch(/<path d="M[\d. ]+L[\d. ]+" fill="none"/);
  });
});
