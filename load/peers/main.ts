/** `make peers`: the gateway and its peers, side by side. See load/README.md. */
import { openBench } from './bench.ts';
import { parseOptions, USAGE, type Options } from './options.ts';
import { contestants } from './peers/contestants.ts';
import { alignText, tableOf } from './report/table.ts';
import { workloads } from './workloads/all.ts';

function optionsOrExit(): Options {
  const known = { peers: contestants.map(({ name }) => name), workloads: workloads.map(({ name }) => name) };
  try {
    const options = parseOptions(process.argv.slice(2), known);
    if (options !== null) return options;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    process.exit(64);
  }
}

const options = optionsOrExit();
const peers = contestants.filter(
  ({ name, missing }) => (options.only.length === 0 || options.only.includes(name)) && missing() === null,
);
const bench = await openBench(options.rounds, options.seconds);
for (const workload of workloads) {
  if (options.workloads.length > 0 && !options.workloads.includes(workload.name)) continue;
  const result = await workload.run(bench, peers);
  console.log(`\n${result.workload}: ${result.description}\n${alignText(tableOf(result))}`);
  for (const note of result.notes) console.log(`  note: ${note}`);
}
process.exit(0);
