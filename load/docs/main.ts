/** `make docs-commands`: runs every command that a page tells its reader to run. See CONTRIBUTING.md. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fromRoot } from '../peers/peers/peer.ts';
import { endChildrenOnExit } from '../peers/processes/children.ts';
import { markdownTable } from '../peers/report/table.ts';
import { writeWhole } from '../peers/report/report.ts';
import { copyTree } from './copy-tree.ts';
import { PageShell } from './page-shell.ts';
import { readPage, type Step } from './read-page.ts';
import { runPage, type Outcome } from './run-page.ts';

const PAGES = ['README.md', 'docs/LOAD_TESTING.md', 'docs/PERFORMANCE.md', 'load/README.md', 'docs/observability.md'];
const EXIT_FAILED = 1;
const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const OUTPUT_LINES_SHOWN = 15;
const COMMAND_WIDTH = 76;

const USAGE = `Usage: make docs-commands ARGS="…" or node load/docs/main.ts …
  PAGE…     pages to run (default: ${PAGES.join(' ')})
  --list    what would be run, without running it
  --help`;

function end(code: number, text: string): never {
  console.error(`docs-commands: ${text}`);
  process.exit(code);
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { list: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    });
  } catch (error) {
    return end(EXIT_USAGE, `${(error as Error).message}\n${USAGE}`);
  }
}

function stepsOf(page: string): Step[] {
  try {
    const steps = readPage(page, readFileSync(fromRoot(page), 'utf8'));
    return steps.length > 0 ? steps : end(EXIT_USAGE, `${page} has no command to run`);
  } catch (error) {
    return end(EXIT_USAGE, (error as Error).message);
  }
}

const place = ({ page, line }: Step): string => `${page}:${line}`;

function short({ text, directive }: Step): string {
  if (directive.kind === 'write') return `(writes ${directive.file})`;
  const line = text.replace(/\s*\\?\n\s*/g, ' ');
  return line.length > COMMAND_WIDTH ? `${line.slice(0, COMMAND_WIDTH - 1)}…` : line;
}

function tell({ step, result, reason, seconds, output }: Outcome): void {
  console.log(
    `${result.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${place(step).padEnd(28)} ${short(step)}` +
      (reason === '' ? '' : `\n                   ${reason}`),
  );
  if (result !== 'FAILED') return;
  const lines = output.trimEnd().split('\n').slice(-OUTPUT_LINES_SHOWN);
  console.log(lines.map((line) => `                   | ${line}`).join('\n'));
}

const { values, positionals } = readOptions();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const pages = (positionals.length === 0 ? PAGES : positionals).map((page) => ({ page, steps: stepsOf(page) }));
if (values.list) {
  for (const { steps } of pages)
    for (const step of steps) console.log(`${place(step).padEnd(28)} ${step.directive.kind.padEnd(8)} ${short(step)}`);
  process.exit(0);
}

const scratch = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
let shell: PageShell | null = null;
endChildrenOnExit(() => {
  shell?.end();
  rmSync(scratch, { recursive: true, force: true });
});
const outcomes: Outcome[] = [];
for (const { page, steps } of pages) {
  const folder = join(scratch, 'tree');
  const outputs = join(scratch, 'outputs');
  // A page starts from a fresh tree and an environment of its own, as its reader does.
  for (const each of [folder, outputs]) rmSync(each, { recursive: true, force: true });
  mkdirSync(outputs, { recursive: true });
  copyTree(folder);
  const bin = join(scratch, 'bin');
  const PATH = `${bin}:${process.env.PATH ?? ''}`;
  // What a page installs with Go does not stay. `watch` wants to know what it draws on.
  const environment = { ...process.env, PATH, GOBIN: bin, TERM: process.env.TERM ?? 'dumb' };
  for (const name of ['NODE_OPTIONS', 'ARGS', 'MAKEFLAGS', 'MAKELEVEL', 'MFLAGS'])
    delete (environment as NodeJS.ProcessEnv)[name];
  shell = new PageShell(folder, outputs, environment);
  try {
    outcomes.push(...(await runPage(steps, shell, folder, tell)));
  } catch (error) {
    end(EXIT_UNAVAILABLE, `${page}: ${(error as Error).message}`);
  } finally {
    shell.end();
  }
}

const count = (result: Outcome['result']): number => outcomes.filter((outcome) => outcome.result === result).length;
const summary = `${count('passed')} passed, ${count('FAILED')} failed, ${count('skipped')} skipped, ${count('not run')} not to be run`;
const table = markdownTable([
  ['', 'command', 'exit', 'seconds', 'result'],
  ...outcomes.map(({ step, result, reason, exit, seconds }) => [
    place(step),
    `\`${short(step).replaceAll('|', String.raw`\|`)}\``,
    exit === null ? '-' : String(exit),
    seconds.toFixed(1),
    reason === '' ? result : `${result}: ${reason.replaceAll('|', String.raw`\|`)}`,
  ]),
]);
writeWhole(fromRoot('load/results/docs-commands.md'), `${summary}\n\n${table}\n`);
console.log(`\n${summary}; written: load/results/docs-commands.md`);
process.exit(count('FAILED') > 0 || count('passed') === 0 ? EXIT_FAILED : 0);
