/**
 * Plots what `make perf ARGS=--record` kept, one page for each class of machine.
 *
 * Usage: node load/perf/trend.ts [--out DIR] [BASELINE.json …]   (default: all of load/baselines, into load/results)
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../peers/peers/peer.ts';
import { writeWhole } from '../peers/report/report.ts';
import { CannotMeasure } from './cannot-measure.ts';
import { BASELINES, readBaseline } from './trend/baseline.ts';
import { trendPlots } from './trend/trend-plots.ts';

const EXIT_NOTHING = 2;

function filesToPlot(given: readonly string[]): string[] {
  if (given.length > 0) return [...given];
  const kept = existsSync(BASELINES) ? readdirSync(BASELINES).filter((name) => name.endsWith('.json')) : [];
  if (kept.length === 0) throw new CannotMeasure('nothing was recorded yet (make perf BASE=… ARGS=--record)');
  return kept.map((name) => join(BASELINES, name));
}

try {
  const { values, positionals } = parseArgs({
    options: { out: { type: 'string', default: fromRoot('load/results') } },
    allowPositionals: true,
  });
  for (const file of filesToPlot(positionals)) {
    const baseline = readBaseline(file);
    const { machineClass, points } = baseline;
    const plots = trendPlots(baseline);
    for (const { part, svg } of plots) writeWhole(join(values.out, `trend-${machineClass}-${part}.svg`), svg);
    const last = points.at(-1);
    const page = [
      `# Trend: ${machineClass}`,
      `${points.length} runs${last === undefined ? '' : `, the last of ${last.revision} at ${last.at}`}.`,
      ...plots.map(({ part }) => `![${part}](trend-${machineClass}-${part}.svg)`),
    ];
    writeWhole(join(values.out, `trend-${machineClass}.md`), `${page.join('\n\n')}\n`);
    console.log(`written: ${join(values.out, `trend-${machineClass}.md`)}, ${plots.length} plots`);
  }
} catch (error) {
  console.error(`trend: ${(error as Error).message}`);
  process.exit(EXIT_NOTHING);
}
