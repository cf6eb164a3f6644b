import { describe, expect, it } from '@jest/globals';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { TargetBoard } from './target-board.js';

function boards(workers: number, targets: number): { all: TargetBoard[]; regions: Regions } {
  const regions: Regions = new Map();
  const all = Array.from({ length: workers }, (_, worker) => {
    const shared = { memory: commonMemory(regions, workers, worker), now: () => 0 };
    return new TargetBoard('u', targets, shared);
  });
  return { all, regions };
}

describe('what workers know of targets', () => {
  it('is how many exchanges all of them have with each', () => {
    const standings = boards(3, 2).all.map((board) => [board.standing(0), board.standing(1)]);
    standings[0][0].began();
    standings[1][0].began();
    standings[2][1].began();
    for (const [first, second] of standings) expect([first.active, second.active]).toEqual([2, 1]);
    standings[1][0].ended();
    expect(standings[2][0].active).toBe(1);
  });

  it('forgets the exchanges of a worker that has ended', () => {
    const { all, regions } = boards(2, 1);
    all[0].standing(0).began();
    all[1].standing(0).began();
    // As the supervisor does it.
    const active = new Int32Array(regions.get('upstreams/u/active') as SharedArrayBuffer);
    active.fill(0, active.length / 2);
    expect(all[0].standing(0).active).toBe(1);
  });

  it('is health, whoever has checked it', () => {
    const [first, second] = boards(2, 2).all;
    expect(second.standing(1).healthy).toBe(true);
    first.standing(1).healthy = false;
    expect([second.standing(0).healthy, second.standing(1).healthy]).toEqual([true, false]);
  });

  it('tells by its version that something has changed', () => {
    const [first, second] = boards(2, 1).all;
    const seen = second.version;
    first.changed();
    expect(second.version).not.toBe(seen);
  });

  it('lets one of them tell that there is panic, and that it is over', () => {
    const [first, second] = boards(2, 1).all;
    expect([first.setPanic(false), first.setPanic(true), second.setPanic(true)]).toEqual([false, true, false]);
    expect([second.setPanic(false), first.setPanic(false)]).toEqual([true, false]);
  });
});
