import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const typescript = new URL('./typescript.mjs', import.meta.url);

/**
 * Runs a module in several threads at once. They share memory with one worker more, the last one: the test. Its `workerData` is `{ worker, workers, data }`; it posts one message when
 * it is ready, waits for one, and posts its result.
 *
 * @returns the results, in the order of the threads
 */
export async function runThreads<Result>(module: URL, workers: number, data: unknown): Promise<Result[]> {
  const threads = Array.from(
    { length: workers },
    (_, worker) =>
      new Worker(module, {
        workerData: { worker, workers: workers + 1, data },
        execArgv: ['--import', typescript.href],
        env: { ...process.env, NODE_OPTIONS: '' },
      }),
  );
  try {
    await Promise.all(threads.map((thread) => once(thread, 'message')));
    const results = threads.map(async (thread) => ((await once(thread, 'message')) as [Result])[0]);
    for (const thread of threads) thread.postMessage('go');
    return await Promise.all(results);
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}
