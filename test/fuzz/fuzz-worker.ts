import { parentPort, workerData } from 'node:worker_threads';
import { CorpusFolder } from './harness/corpus-folder.js';
import { Fuzzer, type FuzzRun } from './harness/fuzzer.js';
import { WatchedInput } from './harness/watched-input.js';
import { targets } from './targets/all.js';

export interface FuzzTask {
  readonly target: string;
  readonly seed: number;
  readonly untilMs: number;
  readonly memory: SharedArrayBuffer;
}

/** What a worker says at its end. */
export interface FuzzReport extends Omit<FuzzRun, 'corpus' | 'crash'> {
  readonly inputs: number;
  readonly crash: { readonly input: Uint8Array; readonly why: string } | null;
}

const { target: name, seed, untilMs, memory } = workerData as FuzzTask;
const target = targets.find((one) => one.name === name)!;
const watched = new WatchedInput(memory);
const folder = new CorpusFolder(name);
const run = await new Fuzzer(target, seed, watched.show).fuzz(
  folder.read(),
  () => watched.stopped || Date.now() > untilMs,
);
if (run.crash === null) folder.replace(run.corpus);
const { runs, features, compared, crash, corpus } = run;
parentPort!.postMessage({ runs, features, compared, crash, inputs: corpus.length } satisfies FuzzReport);
