import { describe, expect, it } from '@jest/globals';
import { SeededRandom } from '../../../../../test/helpers/seeded-random.js';
import type { UpstreamClient } from '@app/upstream-client';
import { TargetBoard } from '../target-board.js';
import { Target } from '../target.js';
import { LeastRequestBalancer } from './least-request.balancer.js';

const target = (name: string, weight = 1): Target =>
  new Target(name, name, weight, {} as UpstreamClient, new TargetBoard('u', 1, null).standing(0));

/** Lets it have so many exchanges under way. */
function busy(of: Target, active: number): void {
  while (of.active < active) of.standing.began();
}

/** Numbers in the order in which the balancer draws them. */
const drawing = (...numbers: number[]): LeastRequestBalancer => new LeastRequestBalancer(() => numbers.shift() ?? 0);

function shares(targets: readonly Target[], count: number, seed = 1): number[] {
  const balancer = new LeastRequestBalancer(new SeededRandom(seed).next);
  const counts = new Map(targets.map((each) => [each, 0]));
  for (let i = 0; i < count; i++) {
    const picked = balancer.pick(targets);
    counts.set(picked, counts.get(picked)! + 1);
  }
  return [...counts.values()].map((picked) => picked / count);
}

describe('least-request', () => {
  it('takes the less busy of two that are drawn', () => {
    const [a, b, c] = [target('a'), target('b'), target('c')];
    busy(a, 3);
    busy(b, 2);
    expect(drawing(0, 0.4).pick([a, b, c])).toBe(b);
    expect(drawing(0.4, 0).pick([a, b, c])).toBe(b);
    expect(drawing(0, 0.1).pick([a, b, c])).toBe(a);
  });

  it('measures how busy a target is by its weight', () => {
    const [light, heavy] = [target('light', 1), target('heavy', 4)];
    busy(light, 1);
    busy(heavy, 3);
    expect(drawing(0, 0.9).pick([light, heavy])).toBe(heavy);
    busy(heavy, 5);
    expect(drawing(0, 0.9).pick([light, heavy])).toBe(light);
  });

  it('draws idle targets by their weight', () => {
    const [a, b, c] = shares([target('a', 1), target('b', 2), target('c', 5)], 20_000);
    // Drawn twice, the first wins the tie: the shares are those of a single draw.
    expect(a).toBeCloseTo(1 / 8, 1);
    expect(b).toBeCloseTo(2 / 8, 1);
    expect(c).toBeCloseTo(5 / 8, 1);
  });

  it('keeps running requests nearly even where a random choice would not', () => {
    const targets = Array.from({ length: 10 }, (_, i) => target(String(i)));
    const balancer = new LeastRequestBalancer(new SeededRandom(2).next);
    for (let i = 0; i < 10_000; i++) balancer.pick(targets).standing.began();
    const active = targets.map((each) => each.active);
    // Power of two choices stays within log log n of the mean; a random choice is some 60 off here.
    expect(Math.max(...active) - Math.min(...active)).toBeLessThan(12);
  });

  it('sends to the slow one of two only what draws it twice', () => {
    const [slow, quick] = [target('slow'), target('quick')];
    busy(slow, 50);
    const [toSlow] = shares([slow, quick], 4_000);
    expect(toSlow).toBeGreaterThan(0.2);
    expect(toSlow).toBeLessThan(0.3);
  });

  it('takes the only one without drawing', () => {
    const only = target('a');
    expect(new LeastRequestBalancer(() => Number.NaN).pick([only])).toBe(only);
  });
});
