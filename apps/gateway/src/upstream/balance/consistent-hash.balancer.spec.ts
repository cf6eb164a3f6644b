import { describe, expect, it } from '@jest/globals';
import type { UpstreamClient } from '@app/upstream-client';
import { TargetBoard } from '../target-board.js';
import { Target } from '../target.js';
import { ConsistentHashBalancer } from './consistent-hash.balancer.js';
import { fnv1a } from './fnv1a.js';

const target = (port: number, weight = 1): Target =>
  new Target(
    `http://10.0.0.1:${port}`,
    `10.0.0.1:${port}`,
    weight,
    {} as UpstreamClient,
    new TargetBoard('u', 1, null).standing(0),
  );
const targetsOf = (count: number): Target[] => Array.from({ length: count }, (_, i) => target(9_000 + i));
const keys = Array.from({ length: 20_000 }, (_, i) => fnv1a(`user-${i}`));

function sharesOf(balancer: ConsistentHashBalancer, targets: readonly Target[]): number[] {
  const counts = new Map(targets.map((each) => [each, 0]));
  for (const key of keys) {
    const picked = balancer.pick(targets, key);
    counts.set(picked, counts.get(picked)! + 1);
  }
  return [...counts.values()].map((count) => count / keys.length);
}

describe('a consistent hash', () => {
  it('gives a key the same target each time, in every process', () => {
    const targets = targetsOf(5);
    const [one, other] = [new ConsistentHashBalancer(targets), new ConsistentHashBalancer([...targets].reverse())];
    expect(keys.filter((key) => one.pick(targets, key) !== other.pick(targets, key))).toEqual([]);
    expect(keys.slice(0, 5).map((key) => targets.indexOf(one.pick(targets, key)))).toMatchInlineSnapshot(`
      [
        3,
        4,
        4,
        4,
        4,
      ]
    `);
  });

  it('gives equal targets nearly equal shares', () => {
    const targets = targetsOf(8);
    for (const share of sharesOf(new ConsistentHashBalancer(targets), targets)) {
      expect(share).toBeGreaterThan(0.125 * 0.75);
      expect(share).toBeLessThan(0.125 * 1.25);
    }
  });

  it('gives heavier targets more', () => {
    const targets = [target(1, 1), target(2, 3)];
    const [light, heavy] = sharesOf(new ConsistentHashBalancer(targets), targets);
    expect(heavy / light).toBeGreaterThan(2.4);
    expect(heavy / light).toBeLessThan(3.7);
  });

  it('moves only the keys of a target that leaves', () => {
    const targets = targetsOf(6);
    const balancer = new ConsistentHashBalancer(targets);
    const rest = targets.filter((_, i) => i !== 2);
    const moved = keys.filter((key) => balancer.pick(targets, key) !== balancer.pick(rest, key));
    expect(moved.every((key) => balancer.pick(targets, key) === targets[2])).toBe(true);
    // Its keys spread over all the others.
    expect(new Set(moved.map((key) => balancer.pick(rest, key))).size).toBe(5);
  });

  it('moves only the keys that a new target takes', () => {
    const targets = targetsOf(6);
    const [before, after] = [new ConsistentHashBalancer(targets.slice(0, 5)), new ConsistentHashBalancer(targets)];
    const moved = keys.filter((key) => before.pick(targets.slice(0, 5), key) !== after.pick(targets, key));
    expect(moved.every((key) => after.pick(targets, key) === targets[5])).toBe(true);
    expect(moved.length / keys.length).toBeLessThan(1 / 6 + 0.05);
  });

  it('finds a place for the smallest and the largest hash', () => {
    const targets = targetsOf(3);
    const balancer = new ConsistentHashBalancer(targets);
    expect(targets).toContain(balancer.pick(targets, 0));
    expect(balancer.pick(targets, 0xffff_ffff)).toBe(balancer.pick(targets, 0));
  });

  it('keeps its ring small when weights are large', () => {
    const targets = [target(1, 1_000), target(2, 1_000), target(3, 1)];
    const [one, two] = sharesOf(new ConsistentHashBalancer(targets), targets);
    expect(one).toBeCloseTo(0.5, 1);
    expect(two).toBeCloseTo(0.5, 1);
  });

  it('still answers when every target has the weight 0', () => {
    const targets = [target(1, 0), target(2, 0)];
    expect(new ConsistentHashBalancer(targets).pick(targets, 7)).toBe(targets[0]);
  });
});
