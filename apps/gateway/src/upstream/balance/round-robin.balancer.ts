import type { Target } from '../target.js';
import type { Balancer } from './balancer.js';

/** Smooth weighted round-robin, as nginx does it: the heaviest targets are spread evenly, not served in a row. */
export class RoundRobinBalancer implements Balancer {
  readonly needsHash = false;
  private readonly current = new Map<Target, number>();

  pick(candidates: readonly Target[]): Target {
    if (candidates.length === 1) return candidates[0];
    const best = this.peek(candidates);
    let total = 0;
    for (const target of candidates) {
      this.current.set(target, this.dueOf(target));
      total += target.weight;
    }
    this.current.set(best, (this.current.get(best) ?? 0) - total);
    return best;
  }

  peek(candidates: readonly Target[]): Target {
    let best = candidates[0];
    let most = -Infinity;
    for (const target of candidates) {
      const due = this.dueOf(target);
      if (due <= most) continue;
      best = target;
      most = due;
    }
    return best;
  }

  private dueOf(target: Target): number {
    return (this.current.get(target) ?? 0) + target.weight;
  }
}
