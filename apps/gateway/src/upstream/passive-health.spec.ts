import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PassiveHealth } from './passive-health.js';

const settings = { failuresInRow: 3, ejectMs: 1_000, ejectMaxMs: 2_500 };

let told: [ejectedForMs: number, times: number][];
let health: PassiveHealth;

beforeEach(() => {
  jest.useFakeTimers();
  told = [];
  health = new PassiveHealth(
    settings,
    (ejectedForMs, times) => told.push([ejectedForMs, times]),
    () => Date.now(),
  );
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
