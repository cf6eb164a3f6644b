import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { PassiveHealth } from './passive-health.js';
import { TargetBoard } from './target-board.js';

const settings = { failuresInRow: 3, ejectMs: 1_000, ejectMaxMs: 2_500 };

let told: [ejectedForMs: number, times: number][];
let health: PassiveHealth;

function healthOn(board: TargetBoard): PassiveHealth {
  return new PassiveHealth(
    settings,
    board.standing(0),
    (ejectedForMs, times) => told.push([ejectedForMs, times]),
    () => Date.now(),
  );
}

beforeEach(() => {
  jest.useFakeTimers();
  told = [];
  health = healthOn(new TargetBoard('u', 1, null));
});

afterEach(() => {
  jest.useRealTimers();
});

function fail(times = settings.failuresInRow): void {
  for (let i = 0; i < times; i++) health.failed();
}

describe('passive health', () => {
  it('ejects a target after so many failures in a row', () => {
    fail(2);
    expect(health.ejected).toBe(false);
    fail(1);
    expect(health.ejected).toBe(true);
    expect(told).toEqual([[1_000, 1]]);
  });

  it('begins to count anew after a success', () => {
    fail(2);
    health.passed();
    fail(2);
    expect(health.ejected).toBe(false);
  });

  it('takes a target back after its time, and wants as many failures again', () => {
    fail();
    jest.advanceTimersByTime(1_000);
    expect(health.ejected).toBe(false);
    fail(2);
    expect(told).toEqual([
      [1_000, 1],
      [0, 1],
    ]);
  });

  it('ejects for longer each time, up to the maximum', () => {
    for (let i = 0; i < 4; i++) {
      fail();
      jest.advanceTimersByTime(2_500);
    }
    expect(told.filter(([forMs]) => forMs > 0)).toEqual([
      [1_000, 1],
      [2_000, 2],
      [2_500, 3],
      [2_500, 4],
    ]);
  });

  it('forgets the times when a target has stayed in for the maximum', () => {
    fail();
    jest.advanceTimersByTime(1_000 + 2_499);
    fail();
    jest.advanceTimersByTime(2_000 + 2_500);
    fail();
    expect(told.filter(([forMs]) => forMs > 0)).toEqual([
      [1_000, 1],
      [2_000, 2],
      [1_000, 1],
    ]);
  });

  it('counts nothing while the target is out', () => {
    fail(20);
    jest.advanceTimersByTime(1_000);
    expect(told).toEqual([
      [1_000, 1],
      [0, 1],
    ]);
    fail(2);
    expect(health.ejected).toBe(false);
  });

  it('leaves no timer when it is stopped', () => {
    fail();
    health.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('passive health of a target that workers share', () => {
  function workers(): PassiveHealth[] {
    const regions: Regions = new Map();
    return [0, 1].map((worker) => {
      const shared = { memory: commonMemory(regions, 2, worker), now: () => Date.now() };
      return healthOn(new TargetBoard('u', 1, shared));
    });
  }

  it('counts the failures of all of them, and one of them tells', () => {
    const [first, second] = workers();
    first.failed();
    second.failed();
    first.failed();
    expect([first.ejected, second.ejected]).toEqual([true, true]);
    expect(told).toEqual([[1_000, 1]]);
  });

  it('is over for all of them when one of them has seen a success', () => {
    const [first, second] = workers();
    first.failed();
    first.failed();
    second.passed();
    first.failed();
    expect(first.ejected).toBe(false);
  });

  it('takes the target back also when the worker that ejected it has ended', () => {
    const [first, second] = workers();
    for (let i = 0; i < 3; i++) first.failed();
    first.stop();
    second.watch();
    jest.advanceTimersByTime(999);
    expect(second.ejected).toBe(true);
    jest.advanceTimersByTime(1);
    expect(second.ejected).toBe(false);
    expect(told).toEqual([
      [1_000, 1],
      [0, 1],
    ]);
  });

  it('takes the target back once', () => {
    const [first, second] = workers();
    for (let i = 0; i < 3; i++) first.failed();
    second.watch();
    jest.advanceTimersByTime(5_000);
    expect(told).toHaveLength(2);
  });
});
