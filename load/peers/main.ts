/** `make peers`: the gateway and its peers, side by side. See load/README.md. */
import { openBench, type Bench } from './bench.ts';
import { lineUp, type LineUp } from './line-up.ts';
import { environment } from './measure/environment.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import { contestants } from './peers/contestants.ts';
import { fromRoot } from './peers/peer.ts';
import { markdownOf, writeWhole, type Report } from './report/report.ts';
import { alignText, tableOf } from './report/table.ts';
import { verdictLine, verdicts } from './report/targets.ts';
import { withPeers } from './running-peer.ts';
import { workloads } from './workloads/all.ts';
import { checkBodies } from './workloads/correctness.ts';
import type { WorkloadResult } from './workloads/workload.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;

function orExit<T>(code: number, hint: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    console.error(`${(error as Error).message}${hint}`);
    process.exit(code);
  }
}

function readOptions(): Options {
  const known = { peers: contestants.map(({ name }) => name), workloads: workloads.map(({ name }) => name) };
  const options = orExit(EXIT_USAGE, `\n${USAGE}`, () => parseOptions(process.argv.slice(2), known));
  if (options !== null) return options;
  console.log(USAGE);
  process.exit(0);
}

/** Leaves out, with the reason, whoever does not pass bodies on whole. */
async function correctOnes(bench: Bench, { peers, skipped }: LineUp): Promise<LineUp> {
  const correct: LineUp = { peers: [], skipped: [...skipped] };
  for (const peer of peers) {
    try {
      await withPeers(bench, [peer], ([running]) => checkBodies(running, bench.upstreamPort));
      correct.peers.push(peer);
    } catch (error) {
      correct.skipped.push({ peer: peer.name, reason: (error as Error).message });
    }
  }
  for (const { peer, reason } of correct.skipped) console.log(`skipped: ${peer} (${reason})`);
  return correct;
}

function show(result: WorkloadResult): void {
  console.log(`\n${result.workload}: ${result.description}`);
  if (result.rows.length > 0) console.log(alignText(tableOf(result)));
  for (const note of result.notes) console.log(`  note: ${note}`);
}

const options = readOptions();
const startedAt = new Date().toISOString();
const available = orExit(EXIT_UNAVAILABLE, '', () => lineUp(options.only));
const bench = await openBench(options.rounds, options.seconds);
const { peers, skipped } = await correctOnes(bench, available);
const machine = environment(bench.cores, peers);
const results: WorkloadResult[] = [];
const failures: Report['failures'] = [];
for (const workload of workloads) {
  if (options.workloads.length > 0 && !options.workloads.includes(workload.name)) continue;
  try {
    const result = await workload.run(bench, peers);
    results.push(result);
    show(result);
  } catch (error) {
    const reason = (error as Error).message;
    failures.push({ workload: workload.name, reason });
    console.log(`\n${workload.name}: failed: ${reason}`);
  }
}

const report: Report = {
  set: options.set,
  startedAt,
  arguments: process.argv.slice(2),
  environment: machine,
  skipped,
  failures,
  results,
  verdicts: verdicts(results),
};
console.log(`\n${report.verdicts.map(verdictLine).join('\n')}`);
const files = {
  json: options.jsonFile ?? fromRoot('load/results', `${options.set}.json`),
  markdown: options.markdownFile ?? fromRoot('load/results', `${options.set}.md`),
};
writeWhole(files.json, `${JSON.stringify(report, null, 2)}\n`);
writeWhole(files.markdown, markdownOf(report));
console.log(`\nwritten: ${files.json}, ${files.markdown}`);
process.exit(failures.length === 0 ? 0 : EXIT_FAILED);
