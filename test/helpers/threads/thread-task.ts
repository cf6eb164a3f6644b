import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { commonMemory, type CommonMemory, type Regions } from './common-memory.js';

/** What a thread of runThreads() has been given. */
export const task = workerData as {
  readonly worker: number;
  readonly workers: number;
  readonly data: { readonly regions: Regions };
};

/** The memory that it has in common with the others. */
export const memory: CommonMemory = commonMemory(task.data.regions, task.workers, task.worker);

/** Says that it is ready, waits for the others, works, and tells the result. */
export async function workTogether(work: () => unknown): Promise<void> {
  if (parentPort === null) throw new Error('this is no thread');
  parentPort.postMessage('ready');
  await once(parentPort, 'message');
  parentPort.postMessage(work());
}
