import type { Target } from '../target.js';
import type { Balancer } from './balancer.js';
import { fnv1a } from './fnv1a.js';

/** Places on the ring per unit of weight: 160 keep the load of equal targets within about 10 %. */
const PLACES_PER_WEIGHT = 160;
const PLACES_MAX = 65_536;

/** A hash ring (Karger 1997): when a target goes, only its own keys move. */
export class ConsistentHashBalancer implements Balancer {
  readonly needsHash = true;
  private readonly hashes: Uint32Array;
  private readonly owners: readonly Target[];

  constructor(targets: readonly Target[]) {
    const total = targets.reduce((sum, target) => sum + target.weight, 0);
    const perWeight = Math.max(1, Math.min(PLACES_PER_WEIGHT, Math.floor(PLACES_MAX / Math.max(1, total))));
    const places = targets.flatMap((target) =>
      Array.from({ length: target.weight * perWeight }, (_, i) => ({ hash: fnv1a(`${target.origin}#${i}`), target })),
    );
    places.sort((a, b) => a.hash - b.hash);
    this.hashes = Uint32Array.from(places, (place) => place.hash);
    this.owners = places.map((place) => place.target);
  }

  pick(candidates: readonly Target[], hash: number): Target {
    if (candidates.length === 1) return candidates[0];
    const start = this.firstAtOrAfter(hash);
    for (let i = 0; i < this.owners.length; i++) {
      const owner = this.owners[(start + i) % this.owners.length];
      if (candidates.includes(owner)) return owner;
    }
    return candidates[0];
  }

  private firstAtOrAfter(hash: number): number {
    let low = 0;
    let high = this.hashes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.hashes[middle] < hash) low = middle + 1;
      else high = middle;
    }
    return low === this.hashes.length ? 0 : low;
  }
}
