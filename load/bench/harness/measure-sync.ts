import { MAX_INDEX, type SyncSubject } from './bench-case.ts';
import type { Figures, Plan } from './figures.ts';
import { collect, garbageOf } from './garbage.ts';
import { ownLoop } from './own-loop.ts';
import { timed, type Sample } from './sample.ts';

type LoopModule = typeof import('./sync-loop.ts');

/** The smallest operation that gives a number which depends on the call. */
const noOp = (i: number): number => i;

/** An operation with a loop of its own. */
class Runner {
  /** What the results folded to: written out, so that nothing before it can be left out. */
  folded = 0;
  readonly #loop: LoopModule['loop'];
  readonly #op: SyncSubject['op'];
  #next = 0;

  constructor(loop: LoopModule['loop'], op: SyncSubject['op']) {
    this.#loop = loop;
    this.#op = op;
  }

  run(times: number): void {
    if (this.#next + times > MAX_INDEX) this.#next = 0;
    this.folded ^= this.#loop(this.#op, this.#next, times);
    this.#next += times;
  }

  /** Runs for a while. @returns how many operations fit into one sample */
  warmUp({ warmUpMs, sampleMs }: Plan): number {
    const endAt = performance.now() + warmUpMs;
    let times = 1;
    for (;;) {
      const startedAt = performance.now();
      this.run(times);
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs < sampleMs / 2) times = Math.min(times * 2, MAX_INDEX / 2);
      else if (performance.now() > endAt) return Math.max(1, Math.round((times * sampleMs) / elapsedMs));
    }
  }
}

/** Measures a synchronous operation beside the no-op: each round has a sample of both, and who is first alternates. */
export async function measureSync(subject: SyncSubject, plan: Plan): Promise<Figures> {
  const floor = new Runner((await ownLoop<LoopModule>('sync-loop.ts', 'floor')).loop, noOp);
  const runner = new Runner((await ownLoop<LoopModule>('sync-loop.ts', 'subject')).loop, subject.op);
  const floorTimes = floor.warmUp({ ...plan, warmUpMs: plan.warmUpMs / 4 });
  const times = runner.warmUp(plan);
  collect();

  const nsPerOp: number[] = [];
  const floorNsPerOp: number[] = [];
  let interrupted = 0;
  for (let round = 0; round < plan.rounds; round++) {
    const [own, bare] = inEitherOrder(
      round,
      () => timed(times, () => runner.run(times)),
      () => timed(floorTimes, () => floor.run(floorTimes)),
    );
    nsPerOp.push(own.ns / own.ops - bare.ns / bare.ops);
    floorNsPerOp.push(bare.ns / bare.ops);
    if (own.interruptions > 0) interrupted++;
  }
  // The no-op allocates nothing: there is no floor to take off.
  const accountedTimes = Math.min(times * SAMPLES_ACCOUNTED, MAX_INDEX / 2);
  const garbage = await garbageOf(() => (runner.run(accountedTimes), accountedTimes));
  if (!Number.isInteger(runner.folded ^ floor.folded))
    throw new Error('an operation gave something else than a number');
  return {
    nsPerOp,
    floorNsPerOp,
    p50Us: [],
    p99Us: [],
    floorP50Us: [],
    pauseMs: [],
    interruptedPercent: (100 * interrupted) / plan.rounds,
    ...garbage,
  };
}

/** A stretch long enough for the collector to come by. */
const SAMPLES_ACCOUNTED = 150;

function inEitherOrder(round: number, own: () => Sample, bare: () => Sample): [own: Sample, bare: Sample] {
  if (round % 2 === 0) return [own(), bare()];
  const first = bare();
  return [own(), first];
}
