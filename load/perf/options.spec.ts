import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.ts';

const parsed = (...args: string[]) => parseOptions(['--base', 'main', ...args])!;

describe('the options of the gate', () => {
  it('compares the working tree in all parts, unless told otherwise', () => {
    expect(parsed()).toEqual({
      base: 'main',
      head: null,
      only: ['bench', 'cpu', 'memory', 'latency', 'errors'],
      quick: false,
      timeLimitSeconds: null,
      seed: 1,
      jsonFile: null,
      markdownFile: null,
      record: false,
    });
  });

  it('takes parts in any order, and runs them in its own', () => {
    expect(parsed('--only', 'errors,cpu').only).toEqual(['cpu', 'errors']);
  });

  it('takes files, a head, a seed and a time limit', () => {
    const args = ['--head', 'topic', '--json', 'a', '--markdown', 'b', '--seed', '9', '--time-limit', '60', '--quick'];
    expect(parsed(...args)).toMatchObject({
      head: 'topic',
      jsonFile: 'a',
      markdownFile: 'b',
      seed: 9,
      timeLimitSeconds: 60,
      quick: true,
    });
  });

  it('shows help when it is asked for', () => {
    expect(parseOptions(['--help'])).toBeNull();
  });

  it.each([
    [[], '--base: what to compare with?'],
    [['--base', ''], '--base: what to compare with?'],
    [['--base', 'main', '--only', 'speed'], '--only: no speed; there are bench, cpu, memory, latency, errors'],
    [['--base', 'main', '--time-limit', '29'], '--time-limit: a whole number from 30'],
    [['--base', 'main', '--time-limit', ''], '--time-limit: a whole number'],
    [['--base', 'main', '--seed', '1.5'], '--seed: a whole number'],
    [['--base', 'main', '--bse'], "Unknown option '--bse'"],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
