import { parseArgs } from 'node:util';

export interface Options {
  /** Names of cases. */
  cases: string[];
  /** Measured rounds in each process. */
  rounds: number;
  processes: number;
  jsonFile: string | null;
  cpuProfiles: string | null;
  heapProfiles: string | null;
}

/** Prints this instead of measuring. */
export type Wanted = { kind: 'help' } | { kind: 'list' } | { kind: 'measure'; options: Options };

export const USAGE = `Usage: make bench ARGS="…" or node load/bench/main.ts …
  --only breaker,cache/hit  groups or cases to run (default: all)
  --list                    the cases, and what they may cost
  --rounds N                measured rounds in each process (default 40)
  --processes N             processes that each case runs in, one after the other (default 3)
  --json FILE               every round of every process, and the verdicts
  --cpu-prof DIR            CPU profiles for \`go tool pprof\`, one a case
  --heap-prof DIR           profiles of what was allocated and what is held, one a case
  --help`;

/** Reads the command line. A mistake throws with a line to show. */
export function parseOptions(args: readonly string[], known: readonly string[]): Wanted {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      list: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '40' },
      processes: { type: 'string', default: '3' },
      json: { type: 'string' },
      'cpu-prof': { type: 'string' },
      'heap-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const options: Options = {
    cases: chosen(values.only, known),
    rounds: wholeNumber('--rounds', values.rounds, 10_000),
    processes: wholeNumber('--processes', values.processes, 100),
    jsonFile: values.json ?? null,
    cpuProfiles: values['cpu-prof'] ?? null,
    heapProfiles: values['heap-prof'] ?? null,
  };
  return { kind: 'measure', options };
}

/** A group stands for its cases; the order is that of the list. */
function chosen(list: string, known: readonly string[]): string[] {
  const given = list.split(',').filter((name) => name !== '');
  const stands = (name: string, one: string): boolean => name === one || name.startsWith(`${one}/`);
  const unknown = given.find((one) => !known.some((name) => stands(name, one)));
  if (unknown !== undefined) throw new Error(`--only: no ${unknown}; there are ${groupsOf(known).join(', ')} (--list)`);
  return known.filter((name) => given.length === 0 || given.some((one) => stands(name, one)));
}

function groupsOf(known: readonly string[]): string[] {
  return [...new Set(known.map((name) => name.split('/')[0]))];
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) {
    throw new Error(`${option}: a whole number from 1 to ${max}`);
  }
  return value;
}
