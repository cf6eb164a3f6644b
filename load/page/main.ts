/** `make performance-page`: puts the newest results into docs/PERFORMANCE.md. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { selfTestRegion } from '../mutants/self-test-report.ts';
import { fromRoot } from '../peers/peers/peer.ts';
import { writeWhole } from '../peers/report/report.ts';
import { flameRegion } from './flame-region.ts';
import { peersRegion } from './peers-region.ts';
import { replaceRegion } from './regions.ts';
import { targetsRegion } from './targets-region.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const PAGE = 'docs/PERFORMANCE.md';

/** What each command leaves, and what becomes of it. */
const sources = [
  { name: 'peers', file: 'load/results/peers.json', command: 'make peers', region: peersRegion },
  { name: 'flame', file: 'load/results/flame.json', command: 'make flame', region: flameRegion },
  { name: 'targets', file: 'load/results/targets.json', command: 'make targets', region: targetsRegion },
  { name: 'self-test', file: 'load/results/selftest.json', command: 'make perf-selftest', region: selfTestRegion },
] as const;

const USAGE = `Usage: make performance-page, or node load/page/main.ts …
  --from NAME=FILE   another file of results, for ${sources.map(({ name }) => name).join(', ')}
  --help`;

function end(code: number, text: string): never {
  console.error(`performance-page: ${text}`);
  process.exit(code);
}

function readOptions(): Map<string, string> {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: 'string', multiple: true, default: [] },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    return new Map(
      values.from.map((text) => {
        const [, name, file] = /^([\w-]+)=(.+)$/.exec(text) ?? [];
        if (!sources.some((source) => source.name === name)) throw new Error(`--from: no NAME=FILE: ${text}`);
        return [name, file];
      }),
    );
  } catch (error) {
    return end(EXIT_USAGE, `${(error as Error).message}\n${USAGE}`);
  }
}

const given = readOptions();
const path = fromRoot(PAGE);
let page = readFileSync(path, 'utf8');
let written = 0;
for (const { name, file, command, region } of sources) {
  const from = given.get(name) ?? fromRoot(file);
  if (!existsSync(from)) {
    if (given.has(name)) end(EXIT_FAILED, `${name}: there is no ${from}`);
    console.log(`kept ${name}: no ${file} (${command})`);
    continue;
  }
  try {
    // Each command writes what its region reads.
    const content = (region as (data: unknown) => string)(JSON.parse(readFileSync(from, 'utf8')));
    page = replaceRegion(page, name, content);
  } catch (error) {
    end(EXIT_FAILED, `${name}: ${from}: ${(error as Error).message}`);
  }
  written++;
  console.log(`wrote ${name}`);
}
if (written === 0) end(EXIT_FAILED, 'there are no results to write');
writeWhole(path, await format(page, { ...(await resolveConfig(path)), filepath: path }));
