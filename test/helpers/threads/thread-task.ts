import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { commonMemory, type CommonMemory, type Regions } from './common-memory.js';

/** What a thread of runThreads() does: prepares, waits for the others, works, and tells. */
export async function threadTask<Data extends { readonly regions: Regions }>(
  prepare: (data: Data, memory: CommonMemory) => () => unknown,
): Promise<void> {
  const { worker, workers, data } = workerData as { worker: number; workers: number; data: Data };
  if (parentPort === null) throw new Error('this is no thread');
  const work = prepare(data, commonMemory(data.regions, workers, worker));
  parentPort.postMessage('ready');
  await once(parentPort, 'message');
  parentPort.postMessage(work());
}
