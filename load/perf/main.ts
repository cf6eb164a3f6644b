/** `make perf`: the working tree against a base, with the limits of a regression. See docs/LOAD_TESTING.md. */
import { lineUp } from '../peers/line-up.ts';
import { openBench } from '../peers/bench.ts';
import { fromRoot } from '../peers/peers/peer.ts';
import { writeWhole } from '../peers/report/report.ts';
import { alignText } from '../peers/report/table.ts';
import { CannotMeasure } from './cannot-measure.ts';
import { comparePerformance } from './compare-performance.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import { markdownOf } from './report/markdown.ts';
import { notesOf, verdictLine, verdictTable } from './report/verdict-table.ts';
import { buildTree } from './trees/build-tree.ts';
import { record } from './trend/baseline.ts';
import { machineClass } from './trend/machine-class.ts';
import { sourceOfFolder, sourceOfRef } from './trees/source.ts';

const EXIT_REGRESSION = 1;
const EXIT_NO_VERDICT = 2;

function end(code: number, text: string): never {
  console.error(text);
  process.exit(code);
}

function readOptions(): Options {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== null) return options;
  } catch (error) {
    end(EXIT_NO_VERDICT, `perf: ${(error as Error).message}\n${USAGE}`);
  }
  console.log(USAGE);
  process.exit(0);
}

const options = readOptions();
const say = (text: string): void => void process.stderr.write(`${text}\n`);
try {
  if (options.base.endsWith('.json'))
    throw new CannotMeasure(`${options.base}: a baseline is for plots; name a git ref`);
  const sources = {
    base: sourceOfRef(fromRoot(), options.base),
    head: options.head === null ? sourceOfFolder(fromRoot()) : sourceOfRef(fromRoot(), options.head),
  };
  // It says what is missing, and installs what it may.
  lineUp(['gateway']);
  const bench = await openBench(1, 1);
  const base = await buildTree(sources.base, { say });
  const head = await buildTree(sources.head, { say });
  say(`base: ${base.label}\nhead: ${head.label}`);
  const { only, quick, seed, timeLimitSeconds } = options;
  const verdict = await comparePerformance({
    base,
    head,
    only,
    quick,
    seed,
    say,
    bench,
    ...(timeLimitSeconds === null ? {} : { timeLimitSeconds }),
  });
  if (base.tree === head.tree) verdict.notes.push('base and head are the same files');
  console.log(`\n${alignText(verdictTable(verdict.results))}\n`);
  for (const note of notesOf(verdict)) console.log(note);
  console.log(verdictLine(verdict));
  if (options.jsonFile !== null) writeWhole(options.jsonFile, `${JSON.stringify(verdict, null, 2)}\n`);
  if (options.markdownFile !== null) writeWhole(options.markdownFile, markdownOf(verdict));
  if (options.record) console.log(`recorded: ${record(verdict, machineClass())}`);
  if (verdict.regression) process.exit(EXIT_REGRESSION);
  process.exit(verdict.unmeasured > 0 ? EXIT_NO_VERDICT : 0);
} catch (error) {
  end(EXIT_NO_VERDICT, `perf: ${(error as Error).message}`);
}
