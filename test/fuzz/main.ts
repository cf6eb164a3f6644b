/**
 * A coverage-guided fuzz run: `make fuzz ARGS="[TARGET…] [--time SECONDS] [--seed N]"`, `--list`, `--replay FILE`.
 * Each target gets the time. The corpus in test/fuzz/corpus grows by what was found and is made minimal again. Exit
 * code 1 when an input broke something; it is then in test/fuzz/crashes.
 */
import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { FuzzReport, FuzzTask } from './fuzz-worker.js';
import { keepCrash } from './harness/corpus-folder.js';
import type { FuzzTarget } from './harness/fuzz-target.js';
import { WatchedInput } from './harness/watched-input.js';
import { targets } from './targets/all.js';

const SECONDS = 60;
/** An input that runs for longer has no end, or none that anyone would wait for; also where others have the cores. */
const HANG_MS = 120_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    time: { type: 'string', default: String(SECONDS) },
    seed: { type: 'string' },
    replay: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
const seconds = Number(values.time);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const unknown = positionals.filter((name) => targets.every((target) => target.name !== name));
if (unknown.length > 0 || !(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error(`fuzz: ${unknown.length > 0 ? `there is no ${unknown.join(', ')}` : '--time and --seed are numbers'}`);
  process.exit(2);
}

let interrupted = false;
let running: WatchedInput | null = null;

/** @returns whether nothing broke */
async function fuzz(target: FuzzTarget): Promise<boolean> {
  const watched = WatchedInput.create(target.bytesMax * 2);
  const began = Date.now();
  const task: FuzzTask = { target: target.name, seed, untilMs: began + seconds * 1_000, memory: watched.memory };
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData: task });
  running = watched;
  const outcome = await Promise.race([reportOf(worker), hangOf(watched, worker)]);
  running = null;
  if ('runs' in outcome) {
    const perSecond = Math.round(outcome.runs / ((Date.now() - began) / 1_000));
    console.log(
      `${target.name.padEnd(16)} ${outcome.runs} runs (${perSecond}/s), ${outcome.features} features, ` +
        `${outcome.inputs} inputs kept, ${outcome.compared} compared`,
    );
    if (outcome.crash === null) return true;
  }
  const { input, why } = 'runs' in outcome ? outcome.crash! : outcome;
  const file = relative(process.cwd(), keepCrash(target.name, Buffer.from(input), why));
  console.error(`${target.name}: ${why}\nthe input is in ${file}; again with: make fuzz ARGS="--replay ${file}"`);
  return false;
}

function reportOf(worker: Worker): Promise<FuzzReport> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Looks whether it still goes on. */
function hangOf(watched: WatchedInput, worker: Worker): Promise<{ input: Buffer; why: string }> {
  return new Promise((resolve) => {
    let runs = -1;
    let since = Date.now();
    const timer = setInterval(() => {
      // Before the first, the worker loads what it runs.
      if (watched.runs === 0 || watched.runs !== runs) {
        runs = watched.runs;
        since = Date.now();
      } else if (Date.now() - since > HANG_MS) {
        clearInterval(timer);
        resolve({ input: watched.input, why: `no end within ${HANG_MS / 1_000} s` });
        void worker.terminate();
      }
    }, 1_000);
    worker.once('exit', () => clearInterval(timer));
  });
}

async function replay(file: string): Promise<boolean> {
  const input = readFileSync(file);
  const target = targets.find(({ name }) => basename(file).startsWith(`${name}-`) || file.includes(`/${name}/`));
  if (target === undefined) throw new Error('the name of the file, or of its folder, begins with a target');
  try {
    target.run(Buffer.from(input));
    await target.compare?.(Buffer.from(input));
    console.log(`${target.name}: all holds`);
    return true;
  } catch (error) {
    console.error(error);
    return false;
  }
}

process.on('SIGINT', () => {
  if (interrupted) process.exit(130);
  interrupted = true;
  running?.stop();
});

let whole = true;
if (values.list) for (const { name } of targets) console.log(name);
else if (values.replay !== undefined) whole = await replay(values.replay);
else {
  console.log(`seed ${seed}, ${seconds} s for each target; Ctrl-C ends it and keeps the corpus`);
  for (const target of targets) {
    if (interrupted || (positionals.length > 0 && !positionals.includes(target.name))) continue;
    if (!(await fuzz(target))) whole = false;
  }
}
process.exitCode = whole ? (interrupted ? 130 : 0) : 1;
