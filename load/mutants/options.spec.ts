import { describe, expect, it } from '@jest/globals';
import { parseOptions } from './options.ts';

const names = ['pause', 'slow'];
const parse = (...args: string[]) => parseOptions(args, names);

describe('the options of the self-test', () => {
  it('are everything that is missing by default, and twenty unchanged trees', () => {
    expect(parse()).toEqual({ mutants: null, quietRuns: 20, fresh: false, seed: 1 });
  });

  it('may name planted regressions, and then leave the unchanged tree out', () => {
    expect(parse('--only', 'slow,pause')).toMatchObject({ mutants: ['slow', 'pause'], quietRuns: 0 });
    expect(parse('--only', 'quiet', '--quiet-runs', '5')).toMatchObject({ mutants: [], quietRuns: 5 });
    expect(parse('--only', 'slow,quiet')).toMatchObject({ mutants: ['slow'], quietRuns: 20 });
  });

  it('may ask for something else', () => {
    expect([parse('--help'), parse('--list')]).toEqual(['help', 'list']);
  });

  it.each([
    [['--only', 'fast'], '--only: no fast; there are pause, slow, quiet'],
    [['--quiet-runs', '-1'], '--quiet-runs'],
    [['--quiet-runs', '1.5'], '--quiet-runs: a whole number up to 1000'],
    [['--seed', 'x'], '--seed: a whole number up to 1000000'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('are refused: %j', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
