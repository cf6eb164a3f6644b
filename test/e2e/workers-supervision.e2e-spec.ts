import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Supervisor, WorkerStartError, type SupervisorOptions } from '../../apps/gateway/src/workers/supervisor.js';
import { eventually } from '../helpers/eventually.js';
import { ROOT } from '../helpers/gateway-process.js';

type Deed = 'serve' | 'fail' | 'throw' | 'exit' | 'hang' | 'cut' | 'ask';

interface Said {
  readonly worker: number;
  readonly [what: string]: unknown;
}

/** As long as no test may wait. */
const FOREVER_MS = 600_000;

describe('the supervisor of workers', () => {
  let supervisor: Supervisor;
  const said: Said[] = [];
  const events: string[] = [];

  afterEach(async () => {
    await supervisor.terminate();
    said.length = 0;
    events.length = 0;
  });

  function supervise(
    workers: number,
    plan: Readonly<Record<number, readonly Deed[]>> = {},
    drainTimeoutMs = FOREVER_MS,
  ) {
    if (!existsSync(join(ROOT, 'dist'))) throw new Error('run `make setup` first: the gateway is not built');
    const options: SupervisorOptions = {
      workers,
      entry: { script: pathToFileURL(join(ROOT, 'test/fixtures/bare-worker.mjs')), args: [] },
      source: { written: { plan }, revision: '', file: null },
      processName: 'bare',
      drainTimeoutMs,
      lines: {
        tty: false,
        colours: false,
        take(chunk, done) {
          const lines = Buffer.from(chunk).toString().trimEnd().split('\n');
          said.push(...lines.map((line) => JSON.parse(line) as Said));
          done(false);
        },
      },
      onWorkerEnded(worker, reason, restartInMs) {
        const why = 'message' in reason ? reason.message : (reason.error?.message ?? `code ${reason.code}`);
        events.push(`${worker} ended (${why}), back in ${restartInMs} ms`);
      },
      onWorkerBack: (worker) => events.push(`${worker} back`),
    };
    supervisor = new Supervisor(options);
    return supervisor;
  }

  const saidBy = (worker: number, what: string): Said[] =>
    said.filter((each) => each.worker === worker && each[what] !== undefined);
  const phases = () =>
    Array.from({ length: supervisor.standings.workers }, (_, worker) => supervisor.standings.phase(worker));

  it('starts each, the first before the others, which get its port', async () => {
    expect(await supervise(3).start()).toMatchObject({ url: 'http://bare', port: 1 });
    expect(phases()).toEqual(['serving', 'serving', 'serving']);
    await eventually('all have said so', () => said.filter(({ starts }) => starts === 0).length === 3);
    expect([0, 1, 2].map((worker) => saidBy(worker, 'starts')[0].ports)).toEqual([
      null,
      { traffic: 1, management: null },
      { traffic: 1, management: null },
    ]);
  });

  it('replaces one that has ended by another with its index, and leaves the others alone', async () => {
    await supervise(3).start();
    await eventually('all have said so', () => said.filter(({ starts }) => starts === 0).length === 3);
    supervisor.threadOf(1)?.terminate();
    await eventually('it is back', () => events.includes('1 back'));
    expect(events).toEqual(['1 ended (code 1), back in 0 ms', '1 back']);
    expect(phases()).toEqual(['serving', 'serving', 'serving']);
    expect([0, 1, 2].map((worker) => supervisor.standings.restarts(worker))).toEqual([0, 1, 0]);
    await eventually('it has said so', () => saidBy(1, 'starts').length === 2);
    expect(said.filter(({ starts }) => starts !== undefined)).toHaveLength(4);
  });

  it('gives all of them the same memory, and voids the share of one that has ended', async () => {
    await supervise(2).start();
    await eventually('it holds something', () => saidBy(1, 'starts').length === 1);
    supervisor.threadOf(1)?.terminate();
    await eventually('it has begun anew', () => saidBy(1, 'starts').length === 2);
    // What worker 0 holds is there, and what the first worker 1 held is not.
    expect(saidBy(1, 'starts').map(({ starts, held }) => [starts, held])).toEqual([
      [0, [5, 0, 0, 0]],
      [1, [5, 0, 0, 0]],
    ]);
    expect(saidBy(0, 'starts')[0].misfit).toBe('the shared memory starts has 64 bytes; 128 were asked for');
  });

  it('has one of them lead, and another when that one has ended', async () => {
    await supervise(2).start();
    await eventually('the first leads', () => saidBy(0, 'leads').length === 1);
    supervisor.threadOf(0)?.terminate();
    await eventually('the second leads', () => saidBy(1, 'leads').length === 1);
    await eventually('the first is back', () => events.includes('0 back'));
    supervisor.threadOf(1)?.terminate();
    await eventually('the first leads again', () => saidBy(0, 'leads').length === 2);
  });

  it('takes a question to all of them, and back the answers of those that are there', async () => {
    await supervise(3, { 2: ['ask'] }).start();
    await eventually('all have answered', () => saidBy(2, 'heard').length === 1);
    expect(saidBy(2, 'heard')[0].heard).toEqual([0, 1, 2]);
  });

  it('waits longer each time for one that cannot live', async () => {
    await supervise(2, { 1: ['throw', 'exit', 'fail', 'serve'] }).start();
    expect(events).toEqual(['1 ended (it cannot), back in 0 ms']);
    expect(phases()).toEqual(['serving', 'absent']);
    await eventually('it is back', () => events.includes('1 back'), 15_000);
    expect(events).toEqual([
      '1 ended (it cannot), back in 0 ms',
      '1 ended (code 3), back in 500 ms',
      '1 ended (it may not), back in 1000 ms',
      '1 back',
    ]);
  });

  it.each([
    ['fail', { message: 'it may not', code: 'EACCES', port: 80 }],
    ['throw', { message: 'it cannot' }],
    ['exit', { message: 'the worker exited with code 3 before it listened' }],
  ] as const)('gives up when the first cannot start, and says why: %s', async (deed, failure) => {
    const error: unknown = await supervise(2, { 0: [deed] })
      .start()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(WorkerStartError);
    expect((error as WorkerStartError).failure).toMatchObject(failure);
    expect(said).toEqual([]);
  });

  it('lets each finish when it drains, and replaces none', async () => {
    await supervise(2).start();
    expect(await supervisor.drain()).toBe(true);
    expect([0, 1].map((worker) => saidBy(worker, 'drains').length)).toEqual([1, 1]);
    expect(events).toEqual([]);
    expect(phases()).toEqual(['absent', 'absent']);
  });

  it('tells when one was cut short', async () => {
    await supervise(2, { 1: ['cut'] }).start();
    expect(await supervisor.drain()).toBe(false);
  });

  it('ends one that does not come to an end', async () => {
    // The margin beyond the time that requests have is the supervisor's own.
    await supervise(2, { 1: ['hang'] }, -4_900).start();
    expect(await supervisor.drain()).toBe(false);
    expect(phases()).toEqual(['absent', 'absent']);
  });
});
