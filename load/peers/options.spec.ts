import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.ts';

const known = { peers: ['gateway', 'floor'], workloads: ['get-1k', 'idle'] };

describe('the options', () => {
  it('measure everything when nothing is said', () => {
    expect(parseOptions([], known)).toEqual({
      only: [],
      workloads: [],
      rounds: 5,
      seconds: 4,
      set: 'peers',
      jsonFile: null,
      markdownFile: null,
    });
  });

  it('take lists, numbers and files', () => {
    const args = [
      '--only',
      'floor',
      '--workload',
      'idle,get-1k',
      '--rounds',
      '2',
      '--seconds',
      '1',
      '--json',
      'a.json',
    ];
    expect(parseOptions(args, known)).toMatchObject({
      only: ['floor'],
      workloads: ['idle', 'get-1k'],
      rounds: 2,
      seconds: 1,
      jsonFile: 'a.json',
    });
  });

  it('are null when help is wanted', () => {
    expect(parseOptions(['--help'], known)).toBeNull();
  });

  it.each([
    [['--only', 'apache'], 'no apache; there are gateway, floor'],
    [['--workload', 'get-2k'], 'no get-2k'],
    [['--rounds', '0'], 'a whole number'],
    [['--seconds', '1.5'], 'a whole number'],
    [['--set', '../x'], 'not a file name'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuse %j', (args, message) => {
    expect(() => parseOptions(args, known)).toThrow(message);
  });
});
