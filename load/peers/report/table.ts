import { spread } from '../measure/spread.ts';
import type { Column, Row, WorkloadResult } from '../workloads/workload.ts';

/** The cells of a workload's table, the header first. */
export function tableOf({ columns, ratios, rows }: WorkloadResult): string[][] {
  const references = (ratios?.against ?? []).filter((name) => rows.some(({ subject }) => subject === name));
  const header = ['', ...columns.map(({ title }) => title), ...references.map((name) => `x ${name}`)];
  const lines = rows.map((row) => [
    row.subject,
    ...columns.map((column) => cell(row, column)),
    ...references.map((name) =>
      ratioCell(
        row,
        rows.find(({ subject }) => subject === name)!,
        ratios!.metric,
      ),
    ),
  ]);
  return [header, ...lines];
}

/**
 * The ratio of two lines in each round that both have: neighbours in time share the machine's mood, so the median of
 * these is steadier than the ratio of two medians.
 */
export function pairedRatios(row: Row, reference: Row, metric: string): number[] {
  const rounds = Math.min(row.rounds.length, reference.rounds.length);
  return Array.from({ length: rounds }, (_, i) => row.rounds[i][metric] / reference.rounds[i][metric]).filter(
    Number.isFinite,
  );
}

/** Columns in line, for a terminal: the first to the left, numbers to the right. */
export function alignText(cells: readonly string[][]): string {
  const widths = cells[0].map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  return cells
    .map((line) => line.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

export function markdownTable([header, ...lines]: readonly string[][]): string {
  const rule = header.map((_, i) => (i === 0 ? '---' : '---:'));
  return [header, rule, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function cell(row: Row, { metric, digits, divideBy = 1, withSpread = false }: Column): string {
  const values = row.rounds.map((round) => round[metric] / divideBy).filter(Number.isFinite);
  return spreadCell(values, digits, withSpread);
}

function ratioCell(row: Row, reference: Row, metric: string): string {
  if (row === reference) return '1';
  return spreadCell(pairedRatios(row, reference, metric), 2, true);
}

function spreadCell(values: readonly number[], digits: number, withSpread: boolean): string {
  const found = spread(values);
  if (found === null) return '-';
  const median = found.median.toFixed(digits);
  if (!withSpread || values.length === 1) return median;
  return `${median} [${found.min.toFixed(digits)}-${found.max.toFixed(digits)}]`;
}
