import { MAX_INDEX, type AsyncSubject } from './bench-case.ts';
import { over, type Figures, type Plan } from './figures.ts';
import { collect, garbageOf, type Garbage } from './garbage.ts';
import { interruptions } from './interruptions.ts';
import { median, percentileOf } from './median.ts';
import { ownLoop } from './own-loop.ts';

type LoopModule = typeof import('./async-loop.ts');
type Op = AsyncSubject['op'];

const TRIES = 4;

const settled: Op = async (i) => i;

/** One stretch: what it took, and the latencies where several were in flight. */
interface Stretch {
  nsPerOp: number;
  p50Us: number;
  p99Us: number;
  interruptions: number;
}

/** An operation with loops of its own. */
class Runner {
  readonly #loops: LoopModule;
  readonly #op: Op;
  readonly #inFlight: number;
  #next = 0;

  constructor(loops: LoopModule, op: Op, inFlight: number) {
    this.#loops = loops;
    this.#op = op;
    this.#inFlight = inFlight;
  }

  /** One after the other, or `inFlight` at once with their latencies. */
  async stretch(times: number): Promise<Stretch> {
    if (this.#next + times > MAX_INDEX) this.#next = 0;
    const from = this.#next;
    this.#next += times;
    const latenciesUs = new Float64Array(this.#inFlight === 1 ? 0 : times);
    const before = interruptions();
    const startedAt = performance.now();
    if (this.#inFlight === 1) await this.#loops.loop(this.#op, from, times);
    else await this.#loops.lanes(this.#op, from, this.#inFlight, latenciesUs);
    const ns = (performance.now() - startedAt) * 1e6;
    return {
      nsPerOp: ns / times,
      p50Us: median(latenciesUs),
      p99Us: percentileOf(latenciesUs, 99),
      interruptions: interruptions() - before,
    };
  }

  /** As timed() of a synchronous stretch: again when others took the core. */
  async undisturbed(times: number): Promise<Stretch> {
    let best = await this.stretch(times);
    for (let tries = 1; tries < TRIES && best.interruptions > 0; tries++) {
      const again = await this.stretch(times);
      if (again.interruptions < best.interruptions) best = again;
    }
    return best;
  }

  async warmUp({ warmUpMs, sampleMs }: Plan): Promise<number> {
    const endAt = performance.now() + warmUpMs;
    let times = this.#inFlight;
    for (;;) {
      const elapsedMs = ((await this.stretch(times)).nsPerOp * times) / 1e6;
      if (elapsedMs < sampleMs / 2) times *= 2;
      else if (performance.now() > endAt) return Math.max(this.#inFlight, Math.round((times * sampleMs) / elapsedMs));
    }
  }

  accounted(times: number): Promise<Garbage> {
    return garbageOf(async () => (await this.stretch(times), times));
  }
}

/** Measures an operation that is waited for, in turns with its floor. */
export async function measureAsync(subject: AsyncSubject, plan: Plan): Promise<Figures> {
  const { op, inFlight, floor: own = settled } = subject;
  const floor = new Runner(await ownLoop<LoopModule>('async-loop.ts', 'floor'), own, inFlight);
  const runner = new Runner(await ownLoop<LoopModule>('async-loop.ts', 'subject'), op, inFlight);
  const floorTimes = await floor.warmUp({ ...plan, warmUpMs: plan.warmUpMs / 4 });
  const times = await runner.warmUp(plan);
  collect();

  const figures: Omit<Figures, keyof Garbage> = {
    nsPerOp: [],
    floorNsPerOp: [],
    p50Us: [],
    p99Us: [],
    floorP50Us: [],
    pauseMs: [],
    interruptedPercent: 0,
  };
  let interrupted = 0;
  for (let round = 0; round < plan.rounds; round++) {
    const first = round % 2 === 0 ? null : await floor.undisturbed(floorTimes);
    const found = await runner.undisturbed(times);
    const bare = first ?? (await floor.undisturbed(floorTimes));
    figures.nsPerOp.push(inFlight === 1 ? found.nsPerOp - bare.nsPerOp : found.nsPerOp);
    figures.floorNsPerOp.push(bare.nsPerOp);
    if (inFlight > 1) {
      figures.p50Us.push(found.p50Us);
      figures.p99Us.push(found.p99Us);
      figures.floorP50Us.push(bare.p50Us);
    }
    if (found.interruptions > 0) interrupted++;
  }
  const bare = await floor.accounted(floorTimes * SAMPLES_ACCOUNTED);
  const accounted = await runner.accounted(times * SAMPLES_ACCOUNTED);
  // A floor of the subject's own allocates for the road that it shares with it.
  const garbage = subject.floor === undefined ? over(accounted, bare) : accounted;
  return { ...figures, interruptedPercent: (100 * interrupted) / plan.rounds, ...garbage };
}

const SAMPLES_ACCOUNTED = 20;
