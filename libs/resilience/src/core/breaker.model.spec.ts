import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { Breaker, REFUSED, type BreakerSettings, type BreakerState, type BreakerTransition } from './breaker.js';
import type { AnyBreaker } from './breaker-registry.js';
import { SharedBreaker } from './shared-breaker.js';

const SCHEDULES = 3_000;
const STEPS = 60;
const BUCKETS = 10;

/**
 * What a breaker is, said as plainly as it can be: every call is remembered, nothing is counted ahead, and there is no
 * timer but a comparison with the clock.
 */
class ReferenceBreaker {
  private state: BreakerState = 'closed';
  private order: 'open' | 'closed' | null = null;
  private openedAt = 0;
  private calls: { at: number; weight: number; failed: boolean }[] = [];
  private era = 0;
  private probedAt = 0;
  private readonly probes = new Map<number, 'running' | 'passed'>();
  private nextId = 0;
  private readonly eras = new Map<number, number>();

  constructor(private readonly settings: BreakerSettings) {}

  stateAt(now: number): BreakerState {
    if (this.state === 'open' && this.order === null && now >= this.openedAt + this.settings.resetMs) {
      this.become('half-open', now);
    }
    return this.state;
  }

  enter(now: number): number | null {
    const state = this.stateAt(now);
    if (state === 'open') return null;
    if (state === 'half-open') {
      const stuck = now >= this.probedAt + this.settings.resetMs;
      if (this.probes.size >= this.settings.halfOpenProbes && !stuck) return null;
      this.probedAt = now;
    }
    const id = this.nextId++;
    this.eras.set(id, this.era);
    if (state === 'half-open') this.probes.set(id, 'running');
    return id;
  }

  leave(id: number, failed: boolean, now: number): void {
    const state = this.stateAt(now);
    if (this.eras.get(id) !== this.era) return;
    if (state === 'half-open') {
      this.probes.set(id, 'passed');
      if (failed) this.become('open', now);
      else if ([...this.probes.values()].filter((p) => p === 'passed').length >= this.settings.halfOpenProbes) {
        this.become('closed', now);
      }
      return;
    }
    this.calls.push({ at: now, weight: 1, failed });
    if (failed) this.judge(now);
  }

  forgo(id: number, now: number): void {
    this.stateAt(now);
    if (this.eras.get(id) === this.era) this.probes.delete(id);
  }

  revoke(id: number, now: number): void {
    const state = this.stateAt(now);
    if (this.eras.get(id) !== this.era) return;
    if (state === 'half-open') {
      this.become('open', now);
      return;
    }
    this.calls.push({ at: now, weight: 0, failed: true });
    this.judge(now);
  }

  force(order: 'open' | 'closed' | null, now: number): void {
    this.stateAt(now);
    const before = this.order;
    if (order === before) return;
    this.order = order;
    if (order !== null) this.become(order, now);
    else if (before === 'open') this.openedAt = now;
    else this.calls = [];
  }

  countsAt(now: number): { total: number; failed: number } {
    const bucketMs = this.settings.windowMs / BUCKETS;
    const seen = this.calls.filter(({ at }) => Math.floor(at / bucketMs) > Math.floor(now / bucketMs) - BUCKETS);
    return {
      total: seen.reduce((sum, { weight }) => sum + weight, 0),
      failed: seen.filter(({ failed }) => failed).length,
    };
  }

  private judge(now: number): void {
    const { total, failed } = this.countsAt(now);
    if (this.order !== null || total < this.settings.volumeThreshold) return;
    if ((failed / total) * 100 >= this.settings.failureRatePercent) this.become('open', now);
  }

  private become(state: BreakerState, now: number): void {
    if (state === this.state) return;
    this.state = state;
    this.era++;
    this.probes.clear();
    if (state === 'open') this.openedAt = now;
    if (state === 'closed') this.calls = [];
  }
}

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});

afterEach(() => {
  jest.useRealTimers();
});

/** As `expect(…).toBe(…)`, of which a million would take half a minute. */
function agree(what: string, actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`${what} is ${String(actual)} and should be ${String(wanted)}`);
}

type Told = (transition: BreakerTransition) => void;

const alone = (settings: BreakerSettings, told: Told): AnyBreaker => new Breaker('b', settings, told, () => Date.now());

/** As several workers see it, of which each call is made by any. */
function shared(random: SeededRandom): typeof alone {
  return (settings, told) => {
    const regions: Regions = new Map();
    const workers = [0, 1, 2].map((worker) => {
      const place = { memory: commonMemory(regions, 3, worker), name: 'b' };
      return new SharedBreaker('b', settings, place, told, () => Date.now());
    });
    return new Proxy(workers[0], {
      get(_, key: keyof SharedBreaker) {
        const worker = random.pick(workers);
        const value = worker[key];
        return typeof value === 'function' ? (value as () => unknown).bind(worker) : value;
      },
    });
  };
}

/** A random schedule of calls, results, time and orders, against both. @returns the states that were seen */
function play(seed: number, breakerOf: typeof alone): Set<string> {
  const random = new SeededRandom(seed);
  const settings: BreakerSettings = {
    failureRatePercent: random.pick([1, 25, 50, 100]),
    volumeThreshold: 1 + random.below(6),
    windowMs: random.pick([100, 1_000]),
    resetMs: random.pick([50, 700]),
    halfOpenProbes: 1 + random.below(3),
  };
  const seen = new Set<string>();
  const changes: BreakerState[] = ['closed'];
  const breaker = breakerOf(settings, ({ from, to }) => {
    agree('the state before', from, changes.at(-1));
    changes.push(to);
  });
  const model = new ReferenceBreaker(settings);
  const running: { pass: number; id: number }[] = [];
  const left: { pass: number; id: number }[] = [];
  for (let step = 0; step < STEPS; step++) {
    const now = Date.now();
    const kind = random.below(100);
    if (kind < 40) {
      const pass = breaker.enter();
      const id = model.enter(now);
      agree('the refusal', pass === REFUSED, id === null);
      if (id !== null) running.push({ pass, id });
    } else if (kind < 70 && running.length > 0) {
      const [call] = running.splice(random.below(running.length), 1);
      const failed = random.chance(0.6);
      breaker.leave(call.pass, failed);
      model.leave(call.id, failed, now);
      if (!failed) left.push(call);
    } else if (kind < 78 && running.length > 0) {
      const [call] = running.splice(random.below(running.length), 1);
      breaker.forgo(call.pass);
      model.forgo(call.id, now);
    } else if (kind < 82 && left.length > 0) {
      const [call] = left.splice(random.below(left.length), 1);
      breaker.revoke(call.pass);
      model.revoke(call.id, now);
    } else if (kind < 95) jest.advanceTimersByTime(random.pick([1, 9, 10, 49, 50, 101, 700, 1_001]));
    else {
      const order = random.pick([null, null, 'open', 'closed'] as const);
      breaker.force(order);
      model.force(order, now);
    }
    const state = model.stateAt(Date.now());
    seen.add(`${state} ${breaker.forced ?? 'automatic'}`);
    agree('the state', breaker.state, state);
    agree('the state that was told', changes.at(-1), state);
    const counts = model.countsAt(Date.now());
    agree('the calls', breaker.counts.total, counts.total);
    agree('the failures', breaker.counts.failed, counts.failed);
  }
  breaker.stop();
  return seen;
}

describe.each([
  ['a breaker', () => alone],
  ['a breaker that workers share', (seed: number) => shared(new SeededRandom(seed))],
] as const)('%s', (_, kind) => {
  it(`does what the reference does, in ${SCHEDULES} random schedules`, () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      try {
        for (const state of play(seed, kind(seed))) seen.add(state);
      } catch (error) {
        throw new Error(`the schedule of seed ${seed} differs`, { cause: error });
      }
    }
    // The schedules are worth something: they have been everywhere.
    expect([...seen].sort()).toEqual([
      'closed automatic',
      'closed closed',
      'half-open automatic',
      'open automatic',
      'open open',
    ]);
  });
});
