import { parseArgs } from 'node:util';

export interface Options {
  /** Planted regressions to try; null for all. */
  mutants: string[] | null;
  /** Comparisons of the unchanged tree. */
  quietRuns: number;
  /** Begin anew, whatever an earlier run of the same tree has found. */
  fresh: boolean;
  seed: number;
}

/** Stands for the comparisons of the unchanged tree in `--only`. */
const QUIET = 'quiet';
const QUIET_RUNS = 20;

export const USAGE = `Usage: make perf-selftest ARGS="…" or node load/mutants/main.ts …
  --only slow-stage,${QUIET}   planted regressions to try anew, and "${QUIET}" for the unchanged tree (default: what is missing)
  --quiet-runs N          comparisons of the unchanged tree (default ${QUIET_RUNS})
  --fresh                 all anew, whatever is in load/results/selftest.json
  --seed N                another order of the turns (default 1)
  --list                  the planted regressions, and the rules that have to notice them
  --help
Exit codes: 0 all were noticed and nothing else, 1 one was not or there was an alarm, 2 nothing could be measured`;

/** Reads the command line. A word is to be done instead; a mistake throws with a line to show. */
export function parseOptions(args: readonly string[], names: readonly string[]): Options | 'help' | 'list' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      'quiet-runs': { type: 'string', default: String(QUIET_RUNS) },
      fresh: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.list) return 'list';
  const only = values.only?.split(',').filter((name) => name !== '') ?? null;
  const unknown = only?.find((name) => name !== QUIET && !names.includes(name));
  if (unknown !== undefined) throw new Error(`--only: no ${unknown}; there are ${[...names, QUIET].join(', ')}`);
  return {
    mutants: only?.filter((name) => name !== QUIET) ?? null,
    quietRuns: only?.includes(QUIET) === false ? 0 : wholeNumber('--quiet-runs', values['quiet-runs'], 1_000),
    fresh: values.fresh,
    seed: wholeNumber('--seed', values.seed, 1_000_000),
  };
}

function wholeNumber(option: string, text: string, most: number): number {
  if (!/^\d+$/.test(text) || Number(text) > most) throw new Error(`${option}: a whole number up to ${most}`);
  return Number(text);
}
