import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { keptResults, toJson } from './kept-results.ts';
import {
  changeText,
  isSound,
  quietText,
  selfTestRegion,
  type Finding,
  type MutantRow,
  type SelfTest,
} from './self-test-report.ts';

const finding: Finding = {
  rule: 'cpu policies',
  change: { estimate: 0.104, low: 0.08, high: 0.131 },
  relative: true,
  unit: 'us/request',
};
const caught: MutantRow = {
  name: 'slow',
  plants: 'more work',
  expected: ['cpu policies'],
  caught: finding,
  others: [],
  seconds: 61,
  failure: null,
};
const quiet = { alarms: [], seconds: 90, failure: null };
const sound: SelfTest = { about: 'Revision a.', tree: 't', mutants: [caught], quiet: [quiet, quiet] };

const folder = mkdtempSync(join(tmpdir(), 'sluice-self-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a self-test', () => {
  it('is sound when all is caught and nothing else raises an alarm', () => {
    expect(isSound(sound)).toBe(true);
    expect(isSound({ ...sound, mutants: [{ ...caught, caught: null }] })).toBe(false);
    expect(isSound({ ...sound, mutants: [{ ...caught, failure: 'does not build' }] })).toBe(false);
    expect(isSound({ ...sound, quiet: [quiet, { ...quiet, alarms: [finding] }] })).toBe(false);
    expect(isSound({ ...sound, quiet: [{ ...quiet, failure: 'no upstream' }] })).toBe(false);
  });

  it('is a table with the rule that noticed, by how much and how surely', () => {
    const text = selfTestRegion(sound);
    expect(text).toContain('| slow | more work | cpu policies | +10.4 [+8.0, +13.1] % | - | 61 |');
    expect(text).toContain('2 comparisons of an unchanged tree: none raised an alarm.');
  });

  it('says what was missed, what could not be measured, and what alarmed for nothing', () => {
    const text = selfTestRegion({
      ...sound,
      mutants: [
        { ...caught, caught: null, others: ['cpu get'] },
        { ...caught, caught: null, failure: 'does not build' },
      ],
    });
    expect(text).toContain('| MISSED | - | cpu get |');
    expect(text).toContain('| not measured: does not build |');
    expect(
      quietText({ ...sound, quiet: [quiet, { ...quiet, alarms: [finding] }, { ...quiet, failure: 'no port' }] }),
    ).toBe(
      '3 comparisons of an unchanged tree: 1 alarms: cpu policies +10.4 [+8.0, +13.1] %; 1 not measured: no port.',
    );
  });

  it('tells a change in its unit, and an interval without an end', () => {
    const change = { estimate: 5_000, low: -Infinity, high: Infinity };
    expect(changeText({ ...finding, relative: false, unit: 'keys', change })).toBe('+5000 [-∞, +∞] keys');
  });
});

describe('the results of an earlier run', () => {
  const file = join(folder, 'selftest.json');

  it('are continued when the tree is the same', () => {
    const endless = { ...caught, caught: { ...finding, change: { ...finding.change, high: Infinity } } };
    writeFileSync(file, toJson({ ...sound, mutants: [endless] }));
    expect(keptResults(file, 't')).toEqual({ ...sound, mutants: [endless] });
  });

  it('are not when it is another one, or there are none', () => {
    writeFileSync(file, toJson(sound));
    expect(keptResults(file, 'other')).toBeNull();
    expect(keptResults(join(folder, 'absent.json'), 't')).toBeNull();
    writeFileSync(file, '{"tree":');
    expect(keptResults(file, 't')).toBeNull();
  });
});
