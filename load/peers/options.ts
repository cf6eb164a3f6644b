import { parseArgs } from 'node:util';

export interface Options {
  /** Peers to run; empty for all. */
  only: string[];
  /** Workloads to run; empty for all. */
  workloads: string[];
  rounds: number;
  /** Length of one measurement in seconds. */
  seconds: number;
  /** Name of the result set: files are called after it. */
  set: string;
  jsonFile: string | null;
  markdownFile: string | null;
}

export const USAGE = `Usage: make peers ARGS="…" or node load/peers/main.ts …
  --only gateway,floor      peers to run (default: all that are here)
  --workload get-1k,idle    workloads to run (default: all)
  --rounds N                measured rounds of each workload (default 5)
  --seconds S               length of one measurement (default 4)
  --set NAME                name of the result files (default "peers")
  --json FILE               default load/results/<set>.json
  --markdown FILE           default load/results/<set>.md
  --help`;

/** Reads the command line. Null means that help was asked for; a mistake throws with a line to show. */
export function parseOptions(args: readonly string[], known: { peers: string[]; workloads: string[] }): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      workload: { type: 'string', default: '' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '4' },
      set: { type: 'string', default: 'peers' },
      json: { type: 'string' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (!/^[\w.-]+$/.test(values.set)) throw new Error(`--set: not a file name: ${values.set}`);
  return {
    only: names('--only', values.only, known.peers),
    workloads: names('--workload', values.workload, known.workloads),
    rounds: wholeNumber('--rounds', values.rounds, 100),
    seconds: wholeNumber('--seconds', values.seconds, 300),
    set: values.set,
    jsonFile: values.json ?? null,
    markdownFile: values.markdown ?? null,
  };
}

function names(option: string, list: string, known: readonly string[]): string[] {
  const given = list.split(',').filter((name) => name !== '');
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`${option}: no ${unknown}; there are ${known.join(', ')}`);
  return given;
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new Error(`${option}: a whole number from 1 to ${max}`);
  return value;
}
