import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { Bulkhead, type BulkheadSettings, type Waiter } from './bulkhead.js';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});

afterEach(() => {
  jest.useRealTimers();
});

function bulkheadOf(settings: Partial<BulkheadSettings> = {}): Bulkhead {
  return new Bulkhead({ concurrentMax: 1, queueMax: 2, queueTimeoutMs: 100, ...settings }, () => Date.now());
}

describe('a bulkhead', () => {
  it('has as many places as it says', () => {
    const bulkhead = bulkheadOf({ concurrentMax: 2 });
    expect([1, 2, 3].map(() => bulkhead.enter())).toEqual([true, true, false]);
    bulkhead.leave();
    expect(bulkhead.enter()).toBe(true);
    expect(bulkhead.active).toBe(2);
  });

  it('lets those who wait in, in the order in which they came', () => {
    const bulkhead = bulkheadOf();
    const told: string[] = [];
    bulkhead.enter();
    for (const name of ['a', 'b', 'c']) {
      const waiter = bulkhead.wait((admitted) => told.push(`${name} ${admitted}`));
      if (waiter === null) told.push(`${name} refused`);
    }
    expect(told).toEqual(['c refused']);
    bulkhead.leave();
    bulkhead.leave();
    expect(told).toEqual(['c refused', 'a true', 'b true']);
    expect([bulkhead.active, bulkhead.waiting]).toEqual([1, 0]);
  });

  it('tells those whose time runs out, each at its own', () => {
    const bulkhead = bulkheadOf();
    const told: string[] = [];
    bulkhead.enter();
    bulkhead.wait(() => told.push(`a at ${Date.now()}`));
    jest.advanceTimersByTime(60);
    bulkhead.wait(() => told.push(`b at ${Date.now()}`));
    jest.advanceTimersByTime(200);
    expect(told).toEqual(['a at 100', 'b at 160']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('forgets one that gives up, and gives the place of one that has got it to the next', () => {
    const bulkhead = bulkheadOf();
    const told: string[] = [];
    bulkhead.enter();
    const first = bulkhead.wait(() => told.push('first'));
    const second = bulkhead.wait(() => told.push('second'));
    bulkhead.cancel(first as Waiter);
    bulkhead.cancel(first as Waiter);
    bulkhead.leave();
    expect(told).toEqual(['second']);
    bulkhead.cancel(second as Waiter);
    expect([bulkhead.active, bulkhead.waiting]).toEqual([0, 0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('keeps its bounds and loses no place, whatever comes when', () => {
    for (let seed = 1; seed <= 500; seed++) play(seed);
    expect(jest.getTimerCount()).toBe(0);
  });
});

interface Call {
  waiter: Waiter | null;
  state: 'in' | 'queued' | 'out';
}

/** A random schedule against three lists. */
function play(seed: number): void {
  const random = new SeededRandom(seed);
  const concurrentMax = 1 + random.below(3);
  const queueMax = random.below(4);
  const bulkhead = bulkheadOf({ concurrentMax, queueMax });
  let queue: Call[] = [];
  let inside: Call[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`seed ${seed}: ${what}`);
  };
  const settle = (call: Call, admitted: boolean): void => {
    check(queue[0] === call, 'the one that came first is told first');
    queue.shift();
    call.state = admitted ? 'in' : 'out';
    if (admitted) inside.push(call);
  };
  for (let step = 0; step < 120; step++) {
    const kind = random.below(10);
    if (kind < 5) {
      const call: Call = { waiter: null, state: 'in' };
      if (bulkhead.enter()) inside.push(call);
      else {
        check(inside.length === concurrentMax, 'only a full one refuses');
        call.waiter = bulkhead.wait((admitted) => settle(call, admitted));
        check((call.waiter === null) === (queue.length === queueMax), 'only a full queue refuses');
        if (call.waiter !== null) {
          call.state = 'queued';
          queue.push(call);
        }
      }
    } else if (kind < 8 && inside.length > 0) {
      const [call] = inside.splice(random.below(inside.length), 1);
      if (call.waiter === null) bulkhead.leave();
      else bulkhead.cancel(call.waiter);
    } else if (kind === 8 && queue.length > 0) {
      const [call] = queue.splice(random.below(queue.length), 1);
      bulkhead.cancel(call.waiter as Waiter);
    } else jest.advanceTimersByTime(random.pick([0, 1, 40, 100]));
    check(bulkhead.active === inside.length && inside.length <= concurrentMax, 'the places are counted');
    check(bulkhead.waiting === queue.length, 'the queue is counted');
  }
  for (const call of queue) bulkhead.cancel(call.waiter as Waiter);
  queue = [];
  for (const call of inside) {
    if (call.waiter === null) bulkhead.leave();
    else bulkhead.cancel(call.waiter);
  }
  inside = [];
  check(bulkhead.active === 0 && bulkhead.waiting === 0, 'nothing is left');
}

describe('a bulkhead that workers share', () => {
  function workers(settings: Partial<BulkheadSettings> = {}): { all: Bulkhead[]; regions: Regions } {
    const regions: Regions = new Map();
    const full = { concurrentMax: 2, queueMax: 2, queueTimeoutMs: 100, ...settings };
    const all = [0, 1].map((worker) => {
      const place = { memory: commonMemory(regions, 2, worker), name: 'b' };
      return new Bulkhead(full, () => Date.now(), place);
    });
    return { all, regions };
  }

  it('has its places for all of them together', () => {
    const [first, second] = workers().all;
    expect([first.enter(), second.enter(), first.enter(), second.enter()]).toEqual([true, true, false, false]);
    expect([first.active, second.active]).toEqual([2, 2]);
    second.leave();
    expect(first.enter()).toBe(true);
  });

  it('lets no more wait than it says, whoever they came to', () => {
    const [first, second] = workers().all;
    const wait = (bulkhead: Bulkhead): boolean => bulkhead.wait(() => undefined) !== null;
    expect([wait(first), wait(second), wait(first)]).toEqual([true, true, false]);
    expect(first.waiting).toBe(2);
  });

  it('gives a place that one leaves to a call that waits at another one', () => {
    const [first, second] = workers({ concurrentMax: 1 }).all;
    const told: boolean[] = [];
    first.enter();
    second.wait((admitted) => told.push(admitted));
    first.leave();
    // Nobody overtakes it where it waits.
    expect(second.enter()).toBe(false);
    jest.advanceTimersByTime(5);
    expect(told).toEqual([true]);
    expect([first.active, first.waiting]).toEqual([1, 0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('tells those whose time runs out', () => {
    const [first, second] = workers({ concurrentMax: 1 }).all;
    const told: string[] = [];
    first.enter();
    second.wait((admitted) => told.push(`${admitted} at ${Date.now()}`));
    jest.advanceTimersByTime(300);
    expect(told).toEqual(['false at 100']);
    expect(first.waiting).toBe(0);
  });

  it('has the places of a worker again that has ended', () => {
    const { all, regions } = workers();
    all[1].enter();
    all[1].enter();
    expect(all[0].enter()).toBe(false);
    // As the supervisor does it.
    const running = new Int32Array(regions.get('b/running') as SharedArrayBuffer);
    running.fill(0, running.length / 2);
    expect([all[0].enter(), all[0].enter(), all[0].enter()]).toEqual([true, true, false]);
  });
});
