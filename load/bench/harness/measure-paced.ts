import type { PacedSubject } from './bench-case.ts';
import type { Figures, Plan } from './figures.ts';
import { garbageOf } from './garbage.ts';

/** Rounds of a second each, however many were asked for: what comes once a second shows in each. */
const ROUNDS_MAX = 3;
/** Behind by more than that, operations are left out: made up for at once, they would be a pause themselves. */
const BEHIND_MS_MAX = 20;
/** Few enough turns that they leave no garbage to speak of. */
const TURN_MS = 1;

/**
 * Runs an operation so many times a second, and finds the longest that the event loop is kept from its next turn. It
 * is counted in CPU time of this thread, to about a millisecond: what others take of the core is no pause of the subject.
 */
export async function measurePaced(subject: PacedSubject, plan: Plan): Promise<Figures> {
  const pace = new Pace(subject);
  await pace.run(subject.fillMs);
  const pauseMs: number[] = [];
  const garbage = await garbageOf(async () => {
    const before = pace.done;
    for (let round = 0; round < Math.min(plan.rounds, ROUNDS_MAX); round++) pauseMs.push(await pace.run(1_000));
    return pace.done - before;
  });
  return {
    nsPerOp: [],
    floorNsPerOp: [],
    p50Us: [],
    p99Us: [],
    floorP50Us: [],
    pauseMs,
    interruptedPercent: 0,
    ...garbage,
  };
}

/** Operations at the pace of their subject. */
export class Pace {
  done = 0;
  readonly #subject: PacedSubject;

  constructor(subject: PacedSubject) {
    this.#subject = subject;
  }

  /** @returns the longest turn in milliseconds of CPU time, without the operations themselves */
  run(timeMs: number): Promise<number> {
    const { op, perSecond } = this.#subject;
    return new Promise((resolve) => {
      const startedAt = performance.now();
      let asked = 0;
      let longestUs = 0;
      let cpuUs = threadCpuUs();
      const turn = (): void => {
        longestUs = Math.max(longestUs, threadCpuUs() - cpuUs);
        const elapsedMs = performance.now() - startedAt;
        if (elapsedMs >= timeMs) {
          resolve(longestUs / 1000);
          return;
        }
        const due = Math.floor((elapsedMs * perSecond) / 1000);
        asked = Math.max(asked, due - Math.floor((BEHIND_MS_MAX * perSecond) / 1000));
        for (; asked < due; asked++) op(this.done++);
        // The operations themselves are no pause; what they leave behind them is.
        cpuUs = threadCpuUs();
        setTimeout(turn, TURN_MS);
      };
      setTimeout(turn, TURN_MS);
    });
  }
}

function threadCpuUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
