/** `make load`: the k6 suite against a gateway. See load/README.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { revision } from '../peers/measure/environment.ts';
import { fromRoot } from '../peers/peers/peer.ts';
import { endChildrenOnExit } from '../peers/processes/children.ts';
import { writeWhole } from '../peers/report/report.ts';
import { alignText } from '../peers/report/table.ts';
import { startDemoGateway } from './demo-gateway.ts';
import { findK6 } from './find-k6.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import { figuresOf, groupTable, kneeOf } from './report/groups.ts';
import { htmlOf, markdownOf, passed, verdictOf, type LoadReport, type ScenarioResult } from './report/load-report.ts';
import { plotsOf, type Plot } from './report/plots.ts';
import { runK6 } from './run-k6.ts';
import type { Scenario } from './scenarios.ts';
import { watchGateway } from './watch-gateway.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const HEALTH_TIMEOUT_MS = 5_000;

function end(code: number, text: string): never {
  console.error(text);
  process.exit(code);
}

function readOptions(): Options {
  try {
    const options = parseOptions(process.argv.slice(2), process.env);
    if (typeof options !== 'string') return options;
    console.log(options);
    process.exit(0);
  } catch (error) {
    return end(EXIT_USAGE, `load: ${(error as Error).message}\n${USAGE}`);
  }
}

/** Ends the run when the gateway that was named is not there. */
async function demandHealth(management: string): Promise<void> {
  const url = `${management}/health`;
  try {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    if (status !== 200) end(EXIT_UNAVAILABLE, `load: the gateway is not well: ${url} answers ${status}`);
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : message;
    end(EXIT_UNAVAILABLE, `load: the gateway is not up: ${url}: ${why}`);
  }
}

async function run(k6: string, scenario: Scenario): Promise<{ result: ScenarioResult; plots: Plot[] }> {
  const { name, description, environment } = scenario;
  const gateway = options.target === null ? await startDemoGateway(environment) : null;
  const target = gateway?.url ?? options.target ?? '';
  const management = options.management ?? target;
  try {
    if (gateway === null) await demandHealth(management);
    console.log(`\n${name}: ${description}; ${target}`);
    const startedAt = new Date().toISOString();
    const watch = watchGateway(management);
    const { thresholds, samples, failure } = await runK6({
      k6,
      folder: temporary,
      scenario: name,
      env: {
        TARGET: target,
        MANAGEMENT: management,
        SCALE: String(options.scale),
        TOKEN: process.env.TOKEN ?? '',
      },
    }).finally(() => watch.stop());
    const scenarios = figuresOf(samples.scenarios);
    const result: ScenarioResult = {
      scenario: name,
      description,
      target,
      startedAt,
      failure,
      thresholds,
      scenarios,
      routes: figuresOf(samples.routes),
      notes: [kneeOf(scenarios)].filter((note) => note !== null),
    };
    return { result, plots: plotsOf(samples, watch.stop()) };
  } finally {
    await gateway?.stop();
  }
}

function show(result: ScenarioResult): void {
  if (result.scenarios.length > 0) console.log(`\n${alignText(groupTable('scenario', result.scenarios))}`);
  for (const note of result.notes) console.log(`${result.scenario}: ${note}`);
  console.log(`${result.scenario}: ${verdictOf(result)}`);
}

const options = readOptions();
const found = findK6(process.env, (text) => console.log(`load: ${text}`));
if ('missing' in found) {
  console.log(`load: skipped, since there is no k6: ${found.missing}`);
  process.exit(0);
}
const temporary = mkdtempSync(join(tmpdir(), 'sluice-load-'));
endChildrenOnExit(() => rmSync(temporary, { recursive: true, force: true }));
const report: LoadReport = {
  set: options.set,
  environment: `Revision ${revision() ?? 'unknown'}, Node ${process.versions.node}, ${process.platform} ${release()}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}.`,
  results: [],
};
const plots = new Map<ScenarioResult, Plot[]>();
for (const scenario of options.scenarios) {
  const done = await run(found.program, scenario).catch((error: unknown) =>
    end(EXIT_UNAVAILABLE, `load: ${(error as Error).message}`),
  );
  report.results.push(done.result);
  plots.set(done.result, done.plots);
  show(done.result);
}

const folder = fromRoot('load/results');
const plotFile = (result: ScenarioResult, plot: Plot): string => `${options.set}/${result.scenario}-${plot.name}.svg`;
for (const [result, drawn] of plots)
  for (const plot of drawn) writeWhole(join(folder, plotFile(result, plot)), plot.svg);
writeWhole(join(folder, `${options.set}.json`), `${JSON.stringify(report, null, 2)}\n`);
writeWhole(join(folder, `${options.set}.md`), markdownOf(report, plots, plotFile));
writeWhole(join(folder, `${options.set}.html`), htmlOf(report, plots));
console.log(`\nwritten: load/results/${options.set}.html, .md, .json`);
process.exit(report.results.every(passed) ? 0 : EXIT_FAILED);
