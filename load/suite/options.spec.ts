import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LIST, parseOptions, USAGE, type Options } from './options.ts';
import { scenarios } from './scenarios.ts';

const parse = (args: string[], env = {}) => parseOptions(args, env) as Options;
const names = (options: Options) => options.scenarios.map(({ name }) => name);

describe('the scenarios of the suite', () => {
  it('are the scripts of load/k6/scenarios', () => {
    const scripts = readdirSync(new URL('../k6/scenarios', import.meta.url).pathname);
    expect(scripts.sort()).toEqual(scenarios.map(({ name }) => `${name}.ts`).sort());
  });
});

describe('the options of the suite', () => {
  it('are the ramp against a gateway that is started, by default', () => {
    const options = parse([]);
    expect(names(options)).toEqual(['ramp']);
    expect(options).toMatchObject({ target: null, management: null, scale: 1, set: 'load' });
  });

  it('name scenarios, and mean all but the longest by "all"', () => {
    expect(names(parse(['spike', 'cache']))).toEqual(['spike', 'cache']);
    expect(names(parse(['all']))).toHaveLength(scenarios.length - 1);
    expect(names(parse(['all']))).not.toContain('soak');
  });

  it('come from the environment, unless the command line says otherwise', () => {
    const env = { TARGET: 'http://a:1/', MANAGEMENT: 'http://a:2', SCALE: '0.5' };
    expect(parse([], env)).toMatchObject({ target: 'http://a:1', management: 'http://a:2', scale: 0.5 });
    expect(parse(['--target', 'https://b'], env)).toMatchObject({ target: 'https://b' });
    expect(parse([], { TARGET: '', SCALE: '' })).toMatchObject({ target: null, scale: 1 });
  });

  it('explain themselves', () => {
    expect(parseOptions(['--help'], {})).toBe(USAGE);
    expect(parseOptions(['--list'], {})).toBe(LIST);
    expect(LIST).toContain('rate-limit');
  });

  it.each([
    [['smoek'], 'no scenario is called smoek; there are ramp,'],
    [['--target', 'localhost:8080'], '--target: not an http address: localhost:8080'],
    [['--scale', '0'], '--scale: a number above 0'],
    [['--scale', 'fast'], '--scale: a number above 0'],
    [['--set', '../x'], '--set: not a file name'],
    [['--tagret', 'x'], 'Unknown option'],
  ])('are refused when they are wrong: %j', (args, reason) => {
    expect(() => parseOptions(args, {})).toThrow(reason);
  });
});
