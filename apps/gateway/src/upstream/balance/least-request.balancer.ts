import type { Target } from '../target.js';
import type { Balancer } from './balancer.js';

/**
 * Power of two choices (Mitzenmacher 2001): of two targets drawn by weight, the one with fewer requests under way for
 * its weight. Nearly as even as looking at all, without herding onto the one that just became idle.
 */
export class LeastRequestBalancer implements Balancer {
  readonly needsHash = false;

  constructor(private readonly random: () => number = Math.random) {}

  pick(candidates: readonly Target[]): Target {
    if (candidates.length === 1) return candidates[0];
    const first = draw(candidates, this.random());
    const second = draw(candidates, this.random());
    return first.active * second.weight <= second.active * first.weight ? first : second;
  }
}

function draw(candidates: readonly Target[], random: number): Target {
  let total = 0;
  for (const target of candidates) total += target.weight;
  let at = random * total;
  for (const target of candidates) {
    at -= target.weight;
    if (at < 0) return target;
  }
  return candidates[candidates.length - 1];
}
