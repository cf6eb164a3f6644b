import { describe, expect, it } from '@jest/globals';
import { commonMemory, type Regions } from '../../../../test/helpers/threads/common-memory.js';
import { HistogramRows } from './histogram-rows.js';
import { NumberRows } from './number-rows.js';
import { Slots } from './slots.js';
import type { MemoryPlace } from './worker-memory.js';

/** The same place, as each of so many workers sees it. */
function places(workers: number): (MemoryPlace & { rowsMax: number })[] {
  const regions: Regions = new Map();
  return Array.from({ length: workers }, (_, worker) => ({
    memory: commonMemory(regions, workers, worker),
    name: 'test',
    rowsMax: 10,
  }));
}

describe('numbers of several workers', () => {
  it('are read by each as the sum over all', () => {
    const [first, second, third] = places(3).map((place) => new NumberRows(2, place));
    first.row(4)[0] += 5;
    second.row(4)[0] += 7;
    second.row(9)[1] += 1;
    expect([...third.entries()]).toEqual([
      [4, new Float64Array([12, 0])],
      [9, new Float64Array([0, 1])],
    ]);
  });

  it('outlive the worker that counted, whose place goes on with them', () => {
    const [first, second] = places(2);
    new NumberRows(1, first).row(0)[0] = 41;
    const heir = new NumberRows(1, first);
    heir.row(0)[0]++;
    expect([...new NumberRows(1, second).entries()]).toEqual([[0, new Float64Array([42])]]);
  });

  it('are written next to each other and not into each other', () => {
    const rows = places(2).map((place) => new NumberRows(3, place));
    for (let index = 0; index < 10; index++) rows.forEach((own, worker) => own.row(index).fill(1 + worker));
    for (let index = 0; index < 10; index++) rows.forEach((own, worker) => expect(own.row(index)[2]).toBe(1 + worker));
  });

  it('cannot leave their place', () => {
    const [rows] = places(2).map((place) => new NumberRows(1, place));
    expect(() => rows.row(10)).toThrow(RangeError);
  });
});

describe('histograms of several workers', () => {
  it('are one, also when every row has bounds of its own', () => {
    const boundsOf = (index: number): number[] => (index === 0 ? [1] : [1, 2, 3]);
    const [first, second] = places(2).map((place) => new HistogramRows(boundsOf, place));
    first.observe(1, 2.5);
    second.observe(1, 2.5);
    second.observe(0, 7);
    const samples = [...first.samples('h', (index) => ({ row: String(index) }))];
    const values = samples.map(
      ({ labels, metricName, le, value }) => `${labels.row} ${metricName} ${le ?? ''} ${value}`,
    );
    expect(values).toEqual([
      '0 h_bucket 1.0 0',
      '0 h_bucket +Inf 1',
      '0 h_sum  7',
      '0 h_count  1',
      '1 h_bucket 1.0 0',
      '1 h_bucket 2.0 0',
      '1 h_bucket 3.0 2',
      '1 h_bucket +Inf 2',
      '1 h_sum  5',
      '1 h_count  2',
    ]);
  });
});

describe('slots of several workers', () => {
  it('are the same for the same value, whoever meets it first', () => {
    const [first, second] = places(2).map((place) => new Slots(6, ['known'], place));
    const a = first.of('a');
    const b = second.of('b');
    expect(a).not.toBe(b);
    expect([second.of('a'), first.of('b')]).toEqual([a, b]);
    expect([a, b].map((slot) => first.name(slot))).toEqual(['a', 'b']);
    expect(first.of('known')).toBe(second.of('known'));
  });

  it('have their names also for a worker that has not met the value', () => {
    const [first, second] = places(2).map((place) => new Slots(6, [200], place));
    expect(second.name(first.of(418))).toBe('418');
  });

  it('are `other` for all when there is no more room', () => {
    const [first, second, third] = places(3).map((place) => new Slots(3, [], place));
    const given = [first.of(1), second.of(2)];
    expect([first.of(3), second.of(3), third.of(3)]).toEqual([0, 0, 0]);
    expect([third.of(1), third.of(2)]).toEqual(given);
    expect(third.name(0)).toBe('other');
  });

  it('are told apart by as much of a name as fits', () => {
    const [first, second] = places(2).map((place) => new Slots(4, [], place));
    const long = 'x'.repeat(500);
    const slot = first.of(long);
    expect(second.of(long)).toBe(slot);
    expect([first.name(slot), second.name(slot)]).toEqual(['x'.repeat(59), 'x'.repeat(59)]);
  });
});
