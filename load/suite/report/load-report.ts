import { markdownTable } from '../../peers/report/table.ts';
import type { Threshold } from '../thresholds.ts';
import type { GroupFigures } from './groups.ts';
import { groupTable } from './groups.ts';
import { escapeText } from './line-plot.ts';
import type { Plot } from './plots.ts';

/** One scenario that ran, as the report tells it. */
export interface ScenarioResult {
  scenario: string;
  description: string;
  target: string;
  startedAt: string;
  /** Why it came to nothing, or null. */
  failure: string | null;
  thresholds: Threshold[];
  scenarios: GroupFigures[];
  routes: GroupFigures[];
  notes: string[];
}

export interface LoadReport {
  set: string;
  /** Commit, Node, machine: a line to show. */
  environment: string;
  results: ScenarioResult[];
}

export function passed({ failure, thresholds }: ScenarioResult): boolean {
  return failure === null && thresholds.every(({ kept }) => kept);
}

export function verdictOf(result: ScenarioResult): string {
  if (result.failure !== null) return `failed: ${result.failure}`;
  const crossed = result.thresholds.filter(({ kept }) => !kept).length;
  return crossed === 0
    ? `passed, ${result.thresholds.length} thresholds kept`
    : `failed, ${crossed} of ${result.thresholds.length} thresholds crossed`;
}

function thresholdTable(thresholds: readonly Threshold[]): string[][] {
  const rows = thresholds.map(({ metric, expression, value, kept }) => [
    metric,
    expression,
    value === null ? '-' : String(Number(value.toPrecision(4))),
    kept ? 'kept' : 'CROSSED',
  ]);
  return [['metric', 'threshold', 'value', ''], ...rows];
}

const tablesOf = (result: ScenarioResult): string[][][] =>
  [
    thresholdTable(result.thresholds),
    groupTable('scenario', result.scenarios),
    groupTable('route', result.routes),
  ].filter((table) => table.length > 1);

/** @param plotFile where the plot of a scenario lies, seen from the page */
export function markdownOf(
  report: LoadReport,
  plots: ReadonlyMap<ScenarioResult, Plot[]>,
  plotFile: (result: ScenarioResult, plot: Plot) => string,
): string {
  const parts = [`# Load: ${report.set}`, report.environment];
  for (const result of report.results) {
    parts.push(
      `## ${result.scenario}: ${verdictOf(result)}`,
      `${result.description}. ${result.startedAt}, ${result.target}.`,
    );
    for (const table of tablesOf(result)) parts.push(markdownTable(table));
    for (const note of result.notes) parts.push(`Note: ${note}.`);
    for (const plot of plots.get(result) ?? []) parts.push(`![${plot.name}](${plotFile(result, plot)})`);
  }
  return `${parts.join('\n\n')}\n`;
}

/** One file that needs no other. */
export function htmlOf(report: LoadReport, plots: ReadonlyMap<ScenarioResult, Plot[]>): string {
  const sections = report.results.map((result) => {
    const notes = result.notes.map((note) => `<p>${escapeText(note)}.</p>`);
    const title = `<h2 class="${passed(result) ? 'passed' : 'failed'}">${escapeText(`${result.scenario}: ${verdictOf(result)}`)}</h2>`;
    const told = `<p>${escapeText(`${result.description}. ${result.startedAt}, ${result.target}.`)}</p>`;
    const drawn = (plots.get(result) ?? []).map(({ svg }) => svg);
    return [title, told, ...tablesOf(result).map(htmlTable), ...notes, ...drawn].join('\n');
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Load: ${escapeText(report.set)}</title>
<style>
body { font: 14px/1.4 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color: #222; background: #fff }
table { border-collapse: collapse; margin: 1em 0 }
td, th { padding: 2px 10px; text-align: right; border-bottom: 1px solid #ddd }
td:first-child, th:first-child { text-align: left }
.passed { color: #00664b } .failed { color: #a33f00 }
svg { display: block; max-width: 100%; height: auto }
</style>
<h1>Load: ${escapeText(report.set)}</h1>
<p>${escapeText(report.environment)}</p>
${sections.join('\n')}
</html>
`;
}

function htmlTable([header, ...rows]: readonly string[][]): string {
  const line = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeText(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>\n${[line(header, 'th'), ...rows.map((row) => line(row, 'td'))].join('\n')}\n</table>`;
}
