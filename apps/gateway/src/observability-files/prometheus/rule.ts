import type { Query } from '../promql.js';

export interface RecordingRule extends Query {
  readonly record: string;
}

/** `page` wakes somebody up, `ticket` waits for working hours, `info` is for who looks already. */
export type Severity = 'page' | 'ticket' | 'info';

/** One condition of an alert. Kept apart, since a value that is never there would be an alert that never fires. */
export interface Condition extends Query {
  readonly is: '>' | '==';
  readonly than: string;
}

export interface AlertRule {
  readonly alert: string;
  /** All must hold. */
  readonly conditions: readonly Condition[];
  /** Time for which they must hold. */
  readonly for?: string;
  readonly severity: Severity;
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What it means, and for whom. */
  readonly description: string;
  /** Heading of docs/TROUBLESHOOTING.md, as an anchor. */
  readonly runbook: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

export function exprOf({ conditions }: AlertRule): string {
  return conditions.map(({ expr, is, than }) => `${expr} ${is} ${than}`).join('\nand ');
}
