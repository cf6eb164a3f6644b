import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../test/helpers/seeded-random.js';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { RetryBudget } from './retry-budget.js';

describe('a retry budget', () => {
  it('allows its share of the requests, and not one more', () => {
    const budget = new RetryBudget(20, 0);
    for (let i = 0; i < 10; i++) budget.deposit(1_000);
    expect([1, 2, 3].map(() => budget.withdraw(1_000))).toEqual([true, true, false]);
  });

  it('allows a few each second whatever the traffic', () => {
    const budget = new RetryBudget(0, 0.3);
    expect([1, 2, 3, 4].map(() => budget.withdraw(1_000))).toEqual([true, true, true, false]);
  });

  it('allows nothing at a share and a floor of nothing', () => {
    const budget = new RetryBudget(0, 0);
    budget.deposit(0);
    expect(budget.withdraw(0)).toBe(false);
  });

  it('looks back over ten seconds', () => {
    const budget = new RetryBudget(50, 0);
    for (let i = 0; i < 10; i++) budget.deposit(0);
    expect(budget.withdraw(9_999)).toBe(true);
    expect(budget.withdraw(10_000)).toBe(false);
  });

  it('is never exceeded in any window, whatever comes when', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new SeededRandom(seed);
      const percent = random.pick([0, 5, 20, 100, 250]);
      const floor = random.pick([0, 0.1, 1]);
      const budget = new RetryBudget(percent, floor);
      const requests: number[] = [];
      const retries: number[] = [];
      const within = (times: number[], now: number): number =>
        times.filter((at) => Math.floor(at / 1_000) > Math.floor(now / 1_000) - 10).length;
      let now = random.below(100_000);
      for (let step = 0; step < 200; step++) {
        now += random.pick([0, 0, 1, 90, 1_000, 4_000]);
        if (random.chance(0.5)) {
          budget.deposit(now);
          requests.push(now);
          continue;
        }
        const allowed = floor * 10 + (percent / 100) * within(requests, now);
        const granted = budget.withdraw(now);
        // Exactly: what it refuses would have been too much.
        if (granted !== within(retries, now) + 1 <= allowed) throw new Error(`seed ${seed}, step ${step}: ${granted}`);
        if (granted) retries.push(now);
      }
    }
    expect.assertions(0);
  });

  it('is one for all workers, whose clocks may differ', () => {
    const regions: Regions = new Map();
    const budgetOf = (worker: number, clockOffsetMs: number): RetryBudget =>
      new RetryBudget(50, 0, { memory: commonMemory(regions, 2, worker), name: 'b', clockOffsetMs });
    const first = budgetOf(0, 0);
    const second = budgetOf(1, 5_000);
    for (let i = 0; i < 4; i++) first.deposit(20_000);
    // The same moment, as the second one's clock has it.
    expect([second.withdraw(15_000), first.withdraw(20_000), second.withdraw(15_000)]).toEqual([true, true, false]);
    expect(first.withdraw(30_000)).toBe(false);
  });
});
