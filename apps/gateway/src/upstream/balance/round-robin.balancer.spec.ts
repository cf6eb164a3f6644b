import { describe, expect, it } from '@jest/globals';
import type { UpstreamClient } from '@app/upstream-client';
import { TargetBoard } from '../target-board.js';
import { Target } from '../target.js';
import { RoundRobinBalancer } from './round-robin.balancer.js';

const target = (name: string, weight = 1): Target =>
  new Target(name, name, weight, {} as UpstreamClient, new TargetBoard('u', 1, null).standing(0));

function picks(balancer: RoundRobinBalancer, targets: readonly Target[], count: number): string {
  return Array.from({ length: count }, () => balancer.pick(targets).origin).join('');
}

describe('round-robin', () => {
  it('takes targets in turn', () => {
    expect(picks(new RoundRobinBalancer(), [target('a'), target('b'), target('c')], 7)).toBe('abcabca');
  });

  it('spreads heavy targets instead of serving them in a row', () => {
    expect(picks(new RoundRobinBalancer(), [target('a', 5), target('b'), target('c')], 7)).toBe('aabacaa');
  });

  it('gives every target exactly its share in each round', () => {
    const targets = [target('a', 3), target('b', 2), target('c', 7)];
    const balancer = new RoundRobinBalancer();
    for (let round = 0; round < 5; round++) {
      expect(picks(balancer, targets, 12).split('').sort().join('')).toBe('aaabbccccccc');
    }
  });

  it('goes on evenly when a target leaves and comes back', () => {
    const [a, b, c] = [target('a'), target('b'), target('c')];
    const balancer = new RoundRobinBalancer();
    picks(balancer, [a, b, c], 4);
    expect(picks(balancer, [a, c], 10).split('').sort().join('')).toMatch(/^a{4,6}c{4,6}$/);
    expect(picks(balancer, [a, b, c], 9).split('').sort().join('')).toMatch(/^a{2,4}b{2,4}c{2,4}$/);
  });

  it('takes the only one', () => {
    expect(picks(new RoundRobinBalancer(), [target('a')], 3)).toBe('aaa');
  });
});
