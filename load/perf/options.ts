import { parseArgs } from 'node:util';
import { PART_NAMES, type PartName } from './gate-run.ts';

export interface Options {
  base: string;
  /** Null: the working tree. */
  head: string | null;
  only: PartName[];
  quick: boolean;
  /** Null: what is usual. */
  timeLimitSeconds: number | null;
  seed: number;
  jsonFile: string | null;
  markdownFile: string | null;
  /** Keep the figures of the head among the baselines of this class of machine. */
  record: boolean;
}

/** Five pairs of anything take longer. */
const TIME_LIMIT_LEAST_SECONDS = 30;

export const USAGE = `Usage: make perf BASE=<git ref> ARGS="…" or node load/perf/main.ts --base <git ref> …
  --base REF          what to compare with: a branch, a tag, a commit
  --head REF          what is compared (default: the working tree as it is)
  --only bench,cpu    parts to run: ${PART_NAMES.join(', ')} (default: all)
  --quick             fewer benches and shorter slices
  --time-limit S      seconds after which what is undecided stays so (default 420; quick 150; at least ${TIME_LIMIT_LEAST_SECONDS})
  --seed N            another order of the turns (default 1)
  --json FILE         the verdict with every figure
  --markdown FILE     the verdict for a pull request
  --record            keep the figures of the head in load/baselines, for the trend
  --help
Exit codes: 0 no regression, 1 a regression, 2 no verdict`;

/** Reads the command line. Null means that help was asked for; a mistake throws with a line to show. */
export function parseOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      base: { type: 'string' },
      head: { type: 'string' },
      only: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      'time-limit': { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (values.base === undefined || values.base === '')
    throw new Error('--base: what to compare with? (BASE=<git ref>)');
  const limit = values['time-limit'];
  return {
    base: values.base,
    head: values.head ?? null,
    only: partsOf(values.only),
    quick: values.quick,
    timeLimitSeconds: limit === undefined ? null : wholeNumber('--time-limit', limit, TIME_LIMIT_LEAST_SECONDS, 86_400),
    seed: wholeNumber('--seed', values.seed, 0, 1_000_000),
    jsonFile: values.json ?? null,
    markdownFile: values.markdown ?? null,
    record: values.record,
  };
}

function partsOf(list: string): PartName[] {
  const given = list.split(',').filter((name) => name !== '');
  const unknown = given.find((name) => !PART_NAMES.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`--only: no ${unknown}; there are ${PART_NAMES.join(', ')}`);
  return PART_NAMES.filter((name) => given.length === 0 || given.includes(name));
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${option}: a whole number from ${least} to ${most}`);
  }
  return value;
}
