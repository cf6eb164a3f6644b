import type { BenchCase } from '../harness/bench-case.ts';
import type { Interval } from '../harness/bootstrap.ts';
import { INTERRUPTED_PERCENT_DOUBTFUL, type Finding } from './finding.ts';

const UNIT = { nsPerOp: 'ns', p50Us: 'us', pauseMs: 'ms' } as const;
const WORD = { true: 'met', false: 'MISSED', null: 'unsure' } as const;

/** The table of a run, the header first. */
export function tableOf(findings: readonly Finding[]): string[][] {
  const header = [
    '',
    'ns/op over floor',
    'rounds',
    'floor',
    'p50 us',
    'p99',
    'floor',
    'pause ms',
    'B/op',
    'GC %',
    'at most',
    '',
  ];
  return [header, ...findings.map(lineOf)];
}

function lineOf(finding: Finding): string[] {
  const { name, nsPerOp, roundsNs, floorNsPerOp, p50Us, p99Us, floorP50Us, pauseMs, bytesPerOp, gcPercent, verdict } =
    finding;
  return [
    name,
    // With several in flight, time over operations is neither a cost nor a latency.
    ...(p50Us === null && nsPerOp !== null
      ? [withInterval(nsPerOp), `${rounded(roundsNs.p10)}-${rounded(roundsNs.p90)}`, rounded(floorNsPerOp)]
      : ['', '', '']),
    p50Us === null ? '' : withInterval(p50Us),
    p99Us === null ? '' : rounded(p99Us),
    floorP50Us === null ? '' : rounded(floorP50Us),
    pauseMs === null ? '' : rounded(pauseMs),
    // A few bytes over thousands of operations are the harness's own.
    bytesPerOp < 0.5 ? '0' : rounded(bytesPerOp),
    gcPercent.toFixed(1),
    verdict === null ? '' : `${verdict.limit.atMost} ${UNIT[verdict.limit.metric]}`,
    verdict === null ? '' : WORD[`${verdict.met}`],
  ];
}

/** The cases themselves, a line each, for `--list`. */
export function listOf(cases: readonly BenchCase[]): string {
  const widest = Math.max(...cases.map(({ name }) => name.length));
  return cases
    .map(({ name, title, limit }) => {
      const target = limit === undefined ? '' : ` (at most ${limit.atMost} ${UNIT[limit.metric]})`;
      return `${name.padEnd(widest)}  ${title}${target}`;
    })
    .join('\n');
}

/** What a reader must know before trusting the table. */
export function notesOf(findings: readonly Finding[]): string[] {
  const namesWhere = (holds: (finding: Finding) => boolean): string =>
    findings
      .filter(holds)
      .map(({ name }) => name)
      .join(', ');
  const disturbed = namesWhere(({ interruptedPercent }) => interruptedPercent > INTERRUPTED_PERCENT_DOUBTFUL);
  const unsure = namesWhere(({ verdict }) => verdict !== null && verdict.met === null);
  return [
    ...(disturbed === '' ? [] : [`other processes took the core in the middle of samples: ${disturbed}`]),
    ...(unsure === '' ? [] : [`more rounds or a quieter machine must tell whether the target is met: ${unsure}`]),
  ];
}

function withInterval({ median, low, high }: Interval): string {
  return `${rounded(median)} [${rounded(low)}-${rounded(high)}]`;
}

/** Three digits that count, and no more than one behind the point. */
function rounded(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
