import { describe, expect, it } from '@jest/globals';
import { inTurns } from './in-turns.ts';

describe('measuring in turns', () => {
  it('starts each round one subject further, and keeps the rows in the order given', async () => {
    const order: string[] = [];
    const bench = { rounds: 3, progress: () => {} };
    const subjects = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    const rows = await inTurns(bench, { workload: 'w', metric: 'at' }, subjects, async ({ name }) => {
      order.push(name);
      return { at: order.length };
    });
    expect(order.join('')).toBe('abcbcacab');
    expect(rows).toEqual([
      { subject: 'a', rounds: [{ at: 1 }, { at: 6 }, { at: 8 }] },
      { subject: 'b', rounds: [{ at: 2 }, { at: 4 }, { at: 9 }] },
      { subject: 'c', rounds: [{ at: 3 }, { at: 5 }, { at: 7 }] },
    ]);
  });

  it('gives no rows for no subjects', async () => {
    const bench = { rounds: 2, progress: () => {} };
    expect(await inTurns(bench, { workload: 'w', metric: 'at' }, [], async () => ({ at: 1 }))).toEqual([]);
  });
});
