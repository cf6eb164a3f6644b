import { didYouMean } from '../../config/nearest-name.js';

const plain = ['time_s', 'route', 'key', 'status', 'latency_ms', 'method'] as const;
const parts = ['ip', 'tenant', 'user', 'api-key'];

export type TraceColumn = (typeof plain)[number];

/** Where in a row each column stands; -1 for one that the trace does not have. */
export interface TraceColumns {
  readonly count: number;
  readonly at: Readonly<Record<TraceColumn, number>>;
  /** Columns that tell what a caller is to one part of a key, by the name that `by` has for it. */
  readonly parts: readonly (readonly [part: string, at: number])[];
}

/** Reads the first line of a trace. @returns what is wrong with it, when something is */
export function readHeader(line: string): TraceColumns | string {
  // A spreadsheet may write a byte order mark.
  const names = splitRow(line.replace(/^\uFEFF/, ''))?.map((name) => name.trim());
  if (names === undefined) return 'a quote is not closed';
  if (!names.includes('time_s')) return 'the first line must name the columns, and one of them must be time_s';
  const known = [...plain, ...parts];
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i) return `two columns are called ${JSON.stringify(name)}`;
    if (known.includes(name) || isOpenPart(name)) continue;
    const hint = didYouMean(name, known);
    return `unknown column ${JSON.stringify(name)}; ${hint ?? `there are ${known.join(', ')}, header:NAME and claim:NAME`}`;
  }
  return {
    count: names.length,
    at: Object.fromEntries(plain.map((name) => [name, names.indexOf(name)])) as Record<TraceColumn, number>,
    parts: names.flatMap((name, at) =>
      parts.includes(name) || isOpenPart(name) ? [[name.startsWith('header:') ? name.toLowerCase() : name, at]] : [],
    ),
  };
}

/** Splits a row at its commas; quoted cells may hold commas, and quotes twice (RFC 4180). @returns undefined when it cannot be */
export function splitRow(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (;;) {
    const found = cell.exec(line);
    if (found === null) return undefined;
    cells.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] === '') return cells;
  }
}

function isOpenPart(name: string): boolean {
  return /^(?:header|claim):./.test(name);
}
