/** `make bench`: what single operations cost. See load/README.md. */
import { environment } from '../peers/measure/environment.ts';
import { writeWhole } from '../peers/report/report.ts';
import { alignText } from '../peers/report/table.ts';
import { cases } from './cases/all.ts';
import type { BenchCase } from './harness/bench-case.ts';
import type { Figures } from './harness/figures.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import { findingOf, type Finding } from './report/finding.ts';
import { listOf, notesOf, tableOf } from './report/table.ts';
import { runCase } from './run-case.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
/** Short, so that on a busy machine some samples are not interrupted, and long beside a look at the clock. */
const SAMPLE_MS = 2;
const WARM_UP_MS = 800;

interface Measured {
  benchCase: BenchCase;
  processes: Figures[];
  failure: string | null;
}

function readOptions(): Options {
  try {
    const wanted = parseOptions(
      process.argv.slice(2),
      cases.map(({ name }) => name),
    );
    if (wanted.kind === 'measure') return wanted.options;
    console.log(wanted.kind === 'help' ? USAGE : listOf(cases));
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(EXIT_USAGE);
  }
}

/** Every case once, then every case again: what the machine does for a while then meets all of them alike. */
async function measureAll({ rounds, processes, ...options }: Options): Promise<Measured[]> {
  const all: Measured[] = cases
    .filter(({ name }) => options.cases.includes(name))
    .map((benchCase) => ({ benchCase, processes: [], failure: null }));
  for (let run = 0; run < processes; run++) {
    for (const measured of all) {
      if (measured.failure !== null) continue;
      const { name } = measured.benchCase;
      process.stderr.write(`${run + 1}/${processes} ${name}\n`);
      const outcome = await runCase({
        name,
        plan: { rounds, sampleMs: SAMPLE_MS, warmUpMs: WARM_UP_MS },
        // One profile a case will do.
        cpuProfiles: run === 0 ? options.cpuProfiles : null,
        heapProfiles: run === 0 ? options.heapProfiles : null,
      });
      if ('failure' in outcome) measured.failure = outcome.failure;
      else measured.processes.push(outcome.figures);
    }
  }
  return all;
}

const options = readOptions();
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
const startedAt = new Date().toISOString();
const all = await measureAll(options);
const findings: Finding[] = all
  .filter(({ processes, failure }) => failure === null && processes.length > 0)
  .map(({ benchCase, processes }) => findingOf(benchCase, processes));
const failures = all.filter(({ failure }) => failure !== null);

console.log(alignText(tableOf(findings)));
for (const note of notesOf(findings)) console.log(`note: ${note}`);
for (const { benchCase, failure } of failures) console.log(`failed: ${benchCase.name}: ${failure}`);
if (options.jsonFile !== null) {
  const report = {
    startedAt,
    arguments: process.argv.slice(2),
    environment: environment({ peer: null, load: null, upstream: null }, []),
    findings,
    rounds: Object.fromEntries(all.map(({ benchCase, processes }) => [benchCase.name, processes])),
    failures: failures.map(({ benchCase, failure }) => ({ name: benchCase.name, reason: failure })),
  };
  writeWhole(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`written: ${options.jsonFile}`);
}
process.exit(failures.length === 0 ? 0 : EXIT_FAILED);
