import { markdownTable } from '../peers/report/table.ts';

/** What a rule of the gate found. */
export interface Finding {
  /** `cpu policies`. */
  rule: string;
  change: { estimate: number; low: number; high: number };
  /** Whether the change is a part of the base, or in the unit. */
  relative: boolean;
  unit: string;
}

/** What became of one planted regression. */
export interface MutantRow {
  name: string;
  plants: string;
  /** Rules that are to notice it. */
  expected: string[];
  /** The one that did, or null. */
  caught: Finding | null;
  /** Other rules that were crossed as well. */
  others: string[];
  seconds: number;
  /** Why it could not be measured, or null. */
  failure: string | null;
}

/** One comparison of a tree with an identical one. */
export interface QuietRun {
  /** Rules that were crossed although nothing had changed. */
  alarms: Finding[];
  seconds: number;
  failure: string | null;
}

export interface SelfTest {
  about: string;
  /** The tree that mutants are made from; results of another one are not continued. */
  tree: string;
  mutants: MutantRow[];
  quiet: QuietRun[];
}

/** Whether everything that was planted was noticed, and nothing else. */
export function isSound({ mutants, quiet }: SelfTest): boolean {
  const caught = mutants.every(({ caught: finding, failure }) => finding !== null && failure === null);
  return caught && quiet.every(({ alarms, failure }) => alarms.length === 0 && failure === null);
}

export function changeText({ change: { estimate, low, high }, relative, unit }: Finding): string {
  const figure = (value: number): string =>
    Number.isFinite(value) ? signed(relative ? 100 * value : value) : value < 0 ? '-∞' : '+∞';
  return `${figure(estimate)} [${figure(low)}, ${figure(high)}] ${relative ? '%' : unit}`.trim();
}

function signed(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return `${value >= 0 ? '+' : ''}${value.toFixed(digits)}`;
}

/** A line for the terminal or a cell of the table: what became of a planted regression. */
export function outcomeOf({ caught, failure }: MutantRow): string {
  if (failure !== null) return `not measured: ${failure}`;
  return caught === null ? 'MISSED' : caught.rule;
}

export function selfTestTable({ mutants }: SelfTest): string[][] {
  return [
    ['planted', 'what', 'caught by', 'change', 'also', 'seconds'],
    ...mutants.map((row) => [
      row.name,
      row.plants,
      outcomeOf(row),
      row.caught === null ? '-' : changeText(row.caught),
      row.others.join(', ') || '-',
      row.seconds.toFixed(0),
    ]),
  ];
}

export function quietText({ quiet }: SelfTest): string {
  const alarms = quiet.flatMap((run) => run.alarms);
  const failures = quiet.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  const found =
    alarms.length === 0
      ? 'none raised an alarm'
      : `${alarms.length} alarms: ${alarms.map((alarm) => `${alarm.rule} ${changeText(alarm)}`).join(', ')}`;
  const unmeasured = failures.length === 0 ? '' : `; ${failures.length} not measured: ${failures.join(', ')}`;
  return `${quiet.length} comparisons of an unchanged tree: ${found}${unmeasured}.`;
}

/** As it stands in docs/PERFORMANCE.md. */
export function selfTestRegion(result: SelfTest): string {
  return `${result.about}\n\n${markdownTable(selfTestTable(result))}\n\n${quietText(result)}`;
}
