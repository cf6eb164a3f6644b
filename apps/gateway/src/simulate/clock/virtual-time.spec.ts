import { describe, expect, it } from '@jest/globals';
import { withTimersOf } from './borrowed-timers.js';
import { Happening, VirtualTime } from './virtual-time.js';

class Noted extends Happening {
  constructor(private readonly note: () => void) {
    super();
  }

  run(): void {
    this.note();
  }
}

describe('virtual time', () => {
  it('lets things happen in their order, and what is due at once in the order in which it was planned', () => {
    const time = new VirtualTime();
    const seen: string[] = [];
    for (const [name, dueMs] of Object.entries({ d: 40, a: 10, b: 20, c: 20, e: 41 })) {
      time.plan(new Noted(() => seen.push(`${name}@${time.nowMs}`)), dueMs);
    }
    time.advanceTo(40);
    expect(seen).toEqual(['a@10', 'b@20', 'c@20', 'd@40']);
    expect(time.nowMs).toBe(40);
  });

  it('takes what is planned meanwhile into the order', () => {
    const time = new VirtualTime();
    const seen: number[] = [];
    const again = new Noted(() => {
      seen.push(time.nowMs);
      if (time.nowMs < 30) time.plan(again, time.nowMs + 10);
    });
    time.plan(again, 10);
    while (time.step());
    expect(seen).toEqual([10, 20, 30]);
  });

  it('keeps any number of plans sorted', () => {
    const time = new VirtualTime();
    const due = Array.from({ length: 500 }, (_, i) => (i * 7_919) % 1_000);
    const seen: number[] = [];
    for (const dueMs of due) time.plan(new Noted(() => seen.push(dueMs)), dueMs);
    while (time.step());
    expect(seen).toEqual(due.toSorted((a, b) => a - b));
  });
});

describe('borrowed timers', () => {
  it('ring on virtual time, unless they were cleared, and are given back', () => {
    const { setTimeout: real } = globalThis;
    const time = new VirtualTime(5);
    const rung: number[] = [];
    withTimersOf(time, () => {
      setTimeout(() => rung.push(time.nowMs), 100).unref();
      clearTimeout(setTimeout(() => rung.push(-1), 50));
      time.advanceTo(200);
    });
    expect(rung).toEqual([105]);
    expect(globalThis.setTimeout).toBe(real);
  });

  it('are given back after a failure, too', () => {
    const { setTimeout: real } = globalThis;
    const failing = (): never => {
      throw new Error('no');
    };
    expect(() => withTimersOf(new VirtualTime(), failing)).toThrow('no');
    expect(globalThis.setTimeout).toBe(real);
  });
});
