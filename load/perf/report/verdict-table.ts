import type { RuleResult } from '../rules/rule-result.ts';
import type { Verdict } from '../verdict.ts';

const WORD = { ok: 'ok', worse: 'WORSE', undecided: 'undecided' } as const;

/** The first line of every report. */
export function verdictLine({ regression, results, unmeasured, labels, seconds }: Verdict): string {
  const worse = results.filter(({ judgement }) => judgement === 'worse');
  const undecided = results.filter(({ judgement, note }) => judgement === 'undecided' && note === null).length;
  const open = undecided === 0 ? '' : `, ${undecided} within noise`;
  const found = regression
    ? `REGRESSION: ${worse.map(({ rule, subject }) => `${rule} (${subject})`).join(', ')}`
    : unmeasured > 0
      ? `NO VERDICT: the time was too short for ${unmeasured} rules (a longer --time-limit, or a quieter machine)`
      : 'no regression';
  return `${found}; ${results.length} rules${open}; ${labels.head} against ${labels.base} in ${seconds} s`;
}

/** A line a rule, the header first. */
export function verdictTable(results: readonly RuleResult[]): string[][] {
  return [
    ['rule', 'base', 'head', 'unit', 'change', 'interval', 'pairs', 'limit', 'verdict'],
    ...results.map((result) => [
      `${result.rule}: ${result.subject}`,
      figure(result.base),
      figure(result.head),
      result.unit,
      amount(result, result.change.estimate),
      interval(result),
      String(result.change.pairs),
      amount(result, result.limit),
      WORD[result.judgement] + (result.note === null ? '' : ' *'),
    ]),
  ];
}

/** What stands behind the asterisks, and what else a reader has to know. */
export function notesOf({ results, notes }: Verdict): string[] {
  const ofRules = results.flatMap(({ rule, subject, note }) =>
    note === null ? [] : [`* ${rule}: ${subject}: ${note}`],
  );
  return [...ofRules, ...notes];
}

function interval(result: RuleResult): string {
  const { low, high } = result.change;
  if (Number.isNaN(low) || low === high) return '-';
  if (!Number.isFinite(high)) return 'too few pairs';
  return `${amount(result, low)} to ${amount(result, high)}`;
}

function amount({ relative }: RuleResult, value: number): string {
  if (Number.isNaN(value)) return '-';
  const sign = value > 0 ? '+' : '';
  return relative ? `${sign}${(100 * value).toFixed(1)} %` : `${sign}${shown(value)}`;
}

function figure(value: number | null): string {
  return value === null || Number.isNaN(value) ? '-' : shown(value);
}

function shown(value: number): string {
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en');
  const text = value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return Number(text) === 0 ? '0' : text;
}
