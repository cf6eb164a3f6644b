import type { Target } from '../target.js';
import type { Balancer } from './balancer.js';

/** Smooth weighted round-robin, as nginx does it: the heaviest targets are spread evenly, not served in a row. */
export class RoundRobinBalancer implements Balancer {
  readonly needsHash = false;
  private readonly current = new Map<Target, number>();

  pick(candidates: readonly Target[]): Target {
    if (candidates.length === 1) return candidates[0];
    let best = candidates[0];
    let bestWeight = -Infinity;
    let total = 0;
    for (const target of candidates) {
      const weight = (this.current.get(target) ?? 0) + target.weight;
      this.current.set(target, weight);
      total += target.weight;
      if (weight > bestWeight) {
        best = target;
        bestWeight = weight;
      }
    }
    this.current.set(best, bestWeight - total);
    return best;
  }
}
