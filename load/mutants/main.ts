/** `make perf-selftest`: whether the gate notices what is planted, and nothing else. See docs/PERFORMANCE.md. */
import { cpus } from 'node:os';
import { openBench } from '../peers/bench.ts';
import { lineUp } from '../peers/line-up.ts';
import { fromRoot } from '../peers/peers/peer.ts';
import { writeWhole } from '../peers/report/report.ts';
import { alignText } from '../peers/report/table.ts';
import { CannotMeasure } from '../perf/cannot-measure.ts';
import { buildTree } from '../perf/trees/build-tree.ts';
import { sourceOfFolder } from '../perf/trees/source.ts';
import { decidingTree, keptResults, toJson } from './kept-results.ts';
import { readMutants, ruleText, type Mutant } from './mutant.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import {
  changeText,
  isSound,
  outcomeOf,
  quietText,
  selfTestRegion,
  selfTestTable,
  type SelfTest,
} from './self-test-report.ts';
import { buildTwin, tryMutant, tryUnchanged, type Trials } from './try-out.ts';

const EXIT_UNSOUND = 1;
const EXIT_NO_VERDICT = 2;
const RESULTS = fromRoot('load/results/selftest');

function end(code: number, text: string): never {
  console.error(`perf-selftest: ${text}`);
  process.exit(code);
}

function readOptions(mutants: readonly Mutant[]): Options {
  try {
    const options = parseOptions(
      process.argv.slice(2),
      mutants.map(({ name }) => name),
    );
    if (typeof options !== 'string') return options;
    if (options === 'help') console.log(USAGE);
    else
      console.log(
        alignText(mutants.map(({ name, plants, caughtBy }) => [name, caughtBy.map(ruleText).join(' or '), plants])),
      );
    process.exit(0);
  } catch (error) {
    return end(EXIT_NO_VERDICT, `${(error as Error).message}\n${USAGE}`);
  }
}

/** After each trial, so that an interrupted run loses only the one that was under way. */
function keep(result: SelfTest): void {
  writeWhole(`${RESULTS}.json`, toJson(result));
  writeWhole(`${RESULTS}.md`, `# Self-test of the gate\n\n${selfTestRegion(result)}\n`);
}

const mutants = readMutants();
const options = readOptions(mutants);
const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
try {
  const source = sourceOfFolder(fromRoot());
  lineUp(['gateway']);
  const bench = await openBench(1, 1);
  const base = await buildTree(source, { say });
  const trials: Trials = { bench, source, base, say };
  const tree = decidingTree(source);
  const kept = options.fresh ? null : keptResults(`${RESULTS}.json`, tree);
  const about = `Revision ${source.label}, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, quick form of the gate.`;
  const result: SelfTest = { about, tree, mutants: kept?.mutants ?? [], quiet: kept?.quiet ?? [] };

  const wanted = mutants.filter(({ name }) =>
    options.mutants === null ? !result.mutants.some((row) => row.name === name) : options.mutants.includes(name),
  );
  if (kept !== null) console.log(`kept from before: ${kept.mutants.length} planted, ${kept.quiet.length} unchanged`);
  for (const mutant of wanted) {
    console.log(`${mutant.name}: ${mutant.plants}`);
    const row = await tryMutant(trials, mutant, options.seed);
    result.mutants = [...result.mutants.filter(({ name }) => name !== row.name), row].sort((a, b) =>
      a.name.localeCompare(b.name),
    );
    keep(result);
    console.log(
      `${row.name}: ${outcomeOf(row)}${row.caught === null ? '' : `, ${changeText(row.caught)}`}, ${row.seconds} s`,
    );
  }

  const quietMissing = options.quietRuns - result.quiet.length;
  if (quietMissing > 0) {
    const twin = await buildTwin(trials);
    for (let i = 0; i < quietMissing; i++) {
      const run = await tryUnchanged(trials, twin, options.seed + result.quiet.length);
      result.quiet.push(run);
      keep(result);
      const found =
        run.failure ?? (run.alarms.map((alarm) => `${alarm.rule} ${changeText(alarm)}`).join(', ') || 'quiet');
      console.log(`unchanged ${result.quiet.length} of ${options.quietRuns}: ${found}, ${run.seconds} s`);
    }
  }

  console.log(`\n${alignText(selfTestTable(result))}\n\n${quietText(result)}`);
  console.log('written: load/results/selftest.json, .md');
  process.exit(isSound(result) ? 0 : EXIT_UNSOUND);
} catch (error) {
  if (error instanceof CannotMeasure) end(EXIT_NO_VERDICT, error.message);
  throw error;
}
