import type { Target } from '../target.js';

/** Picks a target. `candidates` is never empty and holds only targets that may get traffic. */
export interface Balancer {
  /** @param hash hash of the request, 32 bits unsigned; only read by balancers with `needsHash` */
  pick(candidates: readonly Target[], hash: number): Target;
  /** What pick() would give, for balancers that remember their picks. */
  peek?(candidates: readonly Target[]): Target;
  readonly needsHash: boolean;
}
