import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Figures } from './harness/figures.ts';
import type { Order } from './harness/measure.ts';
import { pin } from '../peers/processes/cores.ts';

export type Outcome = { figures: Figures } | { failure: string };

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** What preparing, warming up, accounting and profiles may take beside the rounds. */
const GRACE_MS = 120_000;

/**
 * Runs one case in a process of its own, so that no case finds V8 as another one left it.
 * @param where the folder of the build that is measured (by default this repository), and the core to do it on
 */
export function runCase(order: Order, where: { build?: string; core?: number | null } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = fork(WORKER, [], {
      execArgv: ['--expose-gc'],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        NODE_OPTIONS: '',
        ...(where.build === undefined ? {} : { BENCH_BUILD: where.build }),
      },
    });
    pin(child.pid, where.core ?? null);
    const late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS + order.plan.rounds * order.plan.sampleMs * 10);
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    let told: Outcome | null = null;
    child.once('message', (outcome: Outcome) => (told = outcome));
    child.once('error', (error) => (told ??= { failure: error.message }));
    child.once('close', (code, signal) => {
      clearTimeout(late);
      process.off('exit', kill);
      resolve(told ?? { failure: `the process ended without a word (${signal ?? code})` });
    });
    child.send(order);
  });
}
