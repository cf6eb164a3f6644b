/** `make targets`: what the gateway has to reach, measured, with a verdict each. See load/README.md. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBench, type Bench } from '../peers/bench.ts';
import { lineUp } from '../peers/line-up.ts';
import { environment } from '../peers/measure/environment.ts';
import { fromRoot } from '../peers/peers/peer.ts';
import { start } from '../peers/processes/children.ts';
import { firstAnswer } from '../peers/processes/first-answer.ts';
import { freePort } from '../peers/processes/port.ts';
import { writeWhole } from '../peers/report/report.ts';
import { alignText, markdownTable } from '../peers/report/table.ts';
import { withPeers } from '../peers/running-peer.ts';
import { measureAll } from './measure-all.ts';
import { floorBefore, LIMIT_RPS, measuredGateway } from './measured-gateway.ts';
import { processorFloor, targetsFor, verdictsOn, verdictTable } from './target-list.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const BACKEND_START_TIMEOUT_MS = 5_000;
const USAGE = `Usage: make targets ARGS="…" or node load/targets/main.ts …
  --rounds N    measured rounds (default 3)
  --seconds S   length of one measurement (default 4)
  --help`;

function end(code: number, text: string): never {
  console.error(text);
  process.exit(code);
}

function readOptions(): { rounds: number; seconds: number } {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '4' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
    if (![rounds, seconds].every((value) => Number.isInteger(value) && value >= 1 && value <= 100)) {
      throw new Error('--rounds and --seconds take whole numbers from 1 to 100');
    }
    return { rounds, seconds };
  } catch (error) {
    return end(EXIT_USAGE, `targets: ${(error as Error).message}\n${USAGE}`);
  }
}

async function startBackend(bench: Bench): Promise<number> {
  const port = await freePort();
  const logFile = join(bench.folder, 'backend.log');
  const args = [fromRoot('load/targets/backend.ts'), String(port)];
  const child = start({ command: process.execPath, args, core: bench.cores.upstream, logFile });
  await firstAnswer({ child, port, path: '/', logFile, timeoutMs: BACKEND_START_TIMEOUT_MS });
  return port;
}

const { rounds, seconds } = readOptions();
try {
  const { peers, skipped } = lineUp(['gateway']);
  if (skipped.length > 0) end(EXIT_UNAVAILABLE, `targets: ${skipped[0].reason}`);
  const bench = await openBench(rounds, seconds);
  const backendPort = await startBackend(bench);
  const gateway = measuredGateway(backendPort, await freePort());
  const measured = await withPeers(bench, [gateway, floorBefore(backendPort)], ([running, bare]) =>
    measureAll(bench, running, bare),
  );
  const verdicts = verdictsOn(targetsFor(LIMIT_RPS), measured);
  const table = verdictTable(verdicts);
  const besides = processorFloor(measured) ?? '';
  console.log(`\n${alignText(table)}\n\n${besides}`);

  const { revision, node, kernel, cpuCount, cpuModel } = environment(bench.cores, peers);
  const about = `Revision ${revision ?? 'unknown'}, Node ${node}, Linux ${kernel}, ${cpuCount} x ${cpuModel}.`;
  writeWhole(fromRoot('load/results/targets.md'), `# Targets\n\n${about}\n\n${markdownTable(table)}\n\n${besides}\n`);
  const data = { about, measured: Object.fromEntries(measured), verdicts };
  writeWhole(fromRoot('load/results/targets.json'), `${JSON.stringify(data, null, 2)}\n`);
  console.log('\nwritten: load/results/targets.md, .json');
  process.exit(verdicts.every(({ verdict }) => verdict === 'met') ? 0 : EXIT_FAILED);
} catch (error) {
  end(EXIT_UNAVAILABLE, `targets: ${(error as Error).message}`);
}
