import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.ts';

const known = ['limiter/one-key', 'limiter/policies', 'limit/other', 'breaker/call'];

describe('the options of the bench', () => {
  it('measure everything when nothing is said', () => {
    expect(parseOptions([], known)).toEqual({
      kind: 'measure',
      options: { cases: known, rounds: 40, processes: 3, jsonFile: null, cpuProfiles: null, heapProfiles: null },
    });
  });

  it('take groups and cases, in the order of the list', () => {
    const wanted = parseOptions(['--only', 'breaker/call,limiter'], known);
    expect(wanted).toMatchObject({ options: { cases: ['limiter/one-key', 'limiter/policies', 'breaker/call'] } });
  });

  it('take numbers, a file and folders', () => {
    const args = ['--rounds', '2', '--processes', '1', '--json', 'a.json', '--cpu-prof', 'c', '--heap-prof', 'h'];
    expect(parseOptions(args, known)).toMatchObject({
      options: { rounds: 2, processes: 1, jsonFile: 'a.json', cpuProfiles: 'c', heapProfiles: 'h' },
    });
  });

  it.each([
    ['--help', 'help'],
    ['--list', 'list'],
  ])('print instead of measuring with %s', (arg, kind) => {
    expect(parseOptions([arg], known)).toEqual({ kind });
  });

  it.each([
    [['--only', 'router'], 'no router; there are limiter, limit, breaker'],
    [['--only', 'limiter/one'], 'no limiter/one'],
    [['--rounds', '0'], 'a whole number'],
    [['--processes', '1.5'], 'a whole number'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuse %j', (args, message) => {
    expect(() => parseOptions(args, known)).toThrow(message);
  });
});
